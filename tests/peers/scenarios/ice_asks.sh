# baresip calls over UDP, and finds the path of the audio by ICE. The word `dtls` adds DTLS-SRTP, and the word `muxed` puts RTCP on the port of RTP.
baresip_too=("module ice.so") baresip_account=';medianat=ice'
for word in "$@"; do
  case $word in
    dtls) baresip_too+=("module dtls_srtp.so") baresip_account+=';mediaenc=dtls_srtp' ;;
    muxed) baresip_account+=';rtcp_mux=yes' ;;
  esac
done
. "$here/question.sh"
question 8000
path_was 'ICE, host to '
[[ " $* " != *" dtls "* ]] || encrypted 'by DTLS'
