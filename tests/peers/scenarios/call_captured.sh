# SIPp calls the agent through Kamailio. The capture, the trace and the collector show each message of the call, and no secret. The capture also has the
# headers of the audio. `call_captured-tls` is the same call over TLS, which tcpdump could not show.
needs_program tshark tshark
brief_agent
if [ "${1:-udp}" = tls ]; then start_all_over_tls; agent_end=$tls_port interface=tls; else start_kamailio; agent_end=$registrar_port interface=udp; fi
agent_config "$work/agent.json" 6001
free_ports collector_port
collector=''
if command -v sngrep >/dev/null; then
  collector="--set /capture/hep_host=127.0.0.1 --set /capture/hep_port=$collector_port"
  start sngrep sngrep -N -q -L "udp:127.0.0.1:$collector_port" -O "$work/collected.pcap"
  expect "sngrep listens" listening "$collector_port"
fi
capture=$work/agent-capture.pcapng
# shellcheck disable=SC2086  # Splits into several words.
start agent "$offhook" run --config "$work/agent.json" --capture "$capture" --capture-media --trace sip $collector
agent_pid=$pid
expect_of "$agent_pid" agent "the agent is registered as 6001" registered 6001
name=call file=$(flow_file call)
call_through_registrar
stop "$agent_pid"

# shown FILTER FIELD...: prints these fields of the captured messages.
shown() {
  local filter=$1 fields=()
  shift
  for field in "$@"; do fields+=(-e "$field"); done
  tshark -r "$capture" -Y "$filter" -T fields -E separator=' ' "${fields[@]}" 2>>"$work/tshark.err" || die "tshark does not read the capture: $(tail -n 1 "$work/tshark.err")"
}
# uniq, because on a busy machine a message may be sent again.
flow=$(shown 'sip && sip.CSeq.method != "REGISTER"' frame.packet_flags_direction sip.Method sip.Status-Code | uniq | sed 's/0x00000001/</; s/0x00000002/>/' | tr -s ' ' | sed 's/ $//')
wanted=$(printf '%s\n' '< INVITE' '> 180' '> 200' '< ACK' '< BYE' '> 200')
[ "$(grep -v '^> 100$' <<<"$flow")" = "$wanted" ] || die "the capture shows another call: $(tr '\n' ',' <<<"$flow")"
[ "$(shown 'sip.CSeq.method == "REGISTER"' sip.Method sip.Status-Code | uniq | tr -s ' ' | sed 's/^ //; s/ $//' | head -n 4 | tr '\n' ' ')" = 'REGISTER 401 REGISTER 200 ' ] ||
  die "the capture does not show the registration"
[ -z "$(shown "sip && frame.interface_name != \"$interface\"" frame.number)" ] || die "the capture has messages of another transport"
case $interface in
  udp) ends=$(shown 'sip.Method == "BYE"' ip.src udp.srcport ip.dst udp.dstport) ;;
  tls) ends=$(shown 'sip.Method == "BYE"' exported_pdu.ipv4_src exported_pdu.src_port exported_pdu.ipv4_dst exported_pdu.dst_port) ;;
esac
[[ $ends == "127.0.0.1 $agent_end 127.0.0.1 "* ]] || die "in the capture, the BYE has wrong addresses: $ends"
[ "$interface" = tls ] || [[ $ends == *" $agent_sip"* ]] || die "in the capture, the BYE has a wrong destination: $ends"
begun=$(stat -c %W "$capture") at=$(shown 'sip.Method == "BYE"' frame.time_epoch | head -n 1)
[ "${at%.*}" -ge "$((begun - 1))" ] && [ "${at%.*}" -le "$(date +%s)" ] || die "in the capture, the BYE has a wrong time: $at"

# Of the audio that the agent sends, the capture has only the headers: 20 octets of IP, 8 of UDP and 12 of RTP.
[ "$(shown rtp frame.packet_flags_direction frame.cap_len rtp.p_type | sort -u)" = '0x00000002 40 0' ] ||
  die "the capture shows other packets of RTP: $(shown rtp frame.packet_flags_direction frame.cap_len rtp.p_type | sort | uniq -c | head -n 3)"

# The mask of the digest has the same length as the digest, so that Content-Length and the offsets stay correct.
says "$capture" 'username="6001".*response="x{32}"' || die "the capture shows no masked response"
grep -aqE 'response="[0-9a-f]{32}"' "$capture" "$work/agent.log" && die "the capture or the log shows a digest response unmasked"
[ -z "$(shown '_ws.malformed || sip.Method == "BYE" && !sip.Call-ID' frame.number)" ] || die "tshark finds malformed messages"
says "$work/agent.log" "Z <-- ${interface^^} 127\.0\.0\.1:$agent_end to 127\.0\.0\.1:" || die "the trace shows no received message"
says "$work/agent.log" "Z --> ${interface^^} 127\.0\.0\.1:$agent_end from 127\.0\.0\.1:" || die "the trace shows no sent message"
says "$work/agent.log" '^    BYE sip:6001@' || die "the trace does not show the BYE"
says "$work/agent.log" 'response="x{32}"' || die "the trace shows no masked response"
[ "$(stat -c %a "$capture")" = 600 ] || die "other users can read the capture"
[ -n "$collector" ] || exit 0
expect "sngrep has the BYE" grep -aq 'BYE sip:6001@' "$work/collected.pcap"
for method in INVITE ACK BYE; do
  [ -n "$(tshark -r "$work/collected.pcap" -Y "sip.Method == \"$method\"" 2>/dev/null)" ] || die "sngrep got no $method"
done
grep -aqE 'response="[0-9a-f]{32}"' "$work/collected.pcap" && die "sngrep got a digest response unmasked"
:
