# baresip encrypts by DTLS-SRTP, and calls over UDP. dtls_asks-muxed: RTCP uses the port of RTP.
baresip_too=("module dtls_srtp.so") baresip_account=';mediaenc=dtls_srtp'
[ "${1:-}" != muxed ] || baresip_account+=';rtcp_mux=yes'
. "$here/question.sh"
question 8000
says "$work/agent.log" 'call.up .*encryption="SRTP.*, keys by DTLS"' || die "the agent's log does not say that the call was encrypted by DTLS"
encrypted 'by DTLS'
