# baresip offers RTP/AVP with keys (RFC 8643). The agent requires SRTP.
baresip_too=("module srtp.so") baresip_account=';mediaenc=srtp' agent_sip_too='"srtp": "required"'
. "$here/question.sh"
question 8000 start_all_over_tls
says "$work/agent.log" 'call.up .*encryption="SRTP AES_CM_128_HMAC_SHA1_80, keys in SDP"' || die "the call was not encrypted"
