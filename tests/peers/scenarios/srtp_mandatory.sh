# baresip requires SRTP (RTP/SAVP), with keys in SDP, and calls over TLS.
baresip_too=("module srtp.so") baresip_account=';mediaenc=srtp-mand' agent_sip_too='"srtp": "preferred"'
. "$here/question.sh"
question 8000 start_all_over_tls
says "$work/agent.log" 'call.up .*encryption="SRTP AES_CM_128_HMAC_SHA1_80, keys in SDP"' || die "the call was not encrypted"
has_record '"encryption":"SRTP AES_CM_128_HMAC_SHA1_80, keys in SDP"' || die "the record does not say that the call was encrypted"
