# rtpengine_bridges-HOW: a telephone with plain RTP asks for the opening hours. All audio between the telephone and the agent passes through rtpengine, which
# Kamailio controls. HOW is the agent's media: `dtls` (ICE and DTLS-SRTP), `opus` (the same with Opus, which rtpengine transcodes), `sdes` (keys in SDP, over TLS).
# rtpengine_bridges-HOW-called: the agent calls the telephone.
needs_program rtpengine rtpengine-daemon
needs_kamailio_module rtpengine kamailio
flags='replace-origin replace-session-connection' keys='by DTLS' start_registrar=start_kamailio
agent_sip_too='"srtp": "required", "srtp_keys": "dtls", "ice": "offer"'
case $1 in
  dtls | opus) flags+=' ICE=force UDP/TLS/RTP/SAVPF SDES-off rtcp-mux-offer' ;;
  sdes)
    flags+=' ICE=remove RTP/SAVP DTLS=off' keys='in SDP' start_registrar=start_kamailio_tls
    agent_sip_too='"srtp": "required"'
    ;;
  *) die "this script does not know the word: $1" ;;
esac
[ "$1" != opus ] || flags+=' transcode-opus codec-mask-PCMU codec-mask-PCMA' agent_too='"media": {"codecs": ["opus"]}'
start_with_rtpengine() {
  local control media
  free_ports control
  free_ports media 40
  start rtpengine rtpengine --config-file=none --foreground --log-stderr --log-level=6 --table=-1 --interface=127.0.0.1 --listen-ng="127.0.0.1:$control" \
    --port-min="$media" --port-max=$((media + 39)) --num-threads=2 --pidfile="$work/rtpengine.pid"
  expect_of "$pid" rtpengine "rtpengine listens" listening "$control"
  [ "$start_registrar" = start_kamailio ] || set -- IP:127.0.0.1
  "$start_registrar" "$@" WITH_RTPENGINE "RTPENGINE_SOCKET=\"udp:127.0.0.1:$control\"" 'RTPENGINE_USER="6001"' "RTPENGINE_FLAGS=\"$flags\""
  [ -z "$tls_port" ] || agent_over_tls
}
. "$here/question.sh"
case ${2:-} in
  called)
    . "$here/sentences.sh"
    start_with_rtpengine
    say_wav "$work/question.wav" 8000 6500 17000 "what are your opening hours"
    opening_hours
    baresip_folder caller 1001 "$work/question.wav" ';answermode=auto'
    start_baresip caller
    expect "the telephone is registered" registered 1001
    agent_config "$work/agent.json" 6001
    timeout 90 "$offhook" call 1001 --register --config "$work/agent.json" >"$work/agent.log" 2>&1 || die "the call failed with exit code $?: $(tail -n 1 "$work/agent.log")"
    understood opening_hours
    telephone_heard caller
    opening_hours_heard
    ;;
  '') question 8000 start_with_rtpengine ;;
  *) die "this script does not know the word: $2" ;;
esac
encrypted "$keys"
[ "$1" = sdes ] || path_was 'ICE, host to host'
