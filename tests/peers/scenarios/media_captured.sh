# baresip calls with ICE and DTLS-SRTP. Of the packets in both directions, the capture has only the headers of STUN, DTLS and SRTP, as on the network.
needs_program tshark tshark
baresip_too=("module ice.so" "module dtls_srtp.so") baresip_account=';medianat=ice;mediaenc=dtls_srtp;rtcp_mux=yes'
capture=$work/calls.pcapng
agent_too="\"capture\": {\"file\": \"$capture\", \"media\": true}"
. "$here/question.sh"
question 8000
stop "$agent_pid"

# shown FILTER FIELD...: prints the different values of these fields in the captured packets.
shown() {
  local filter=$1 fields=()
  shift
  for field in "$@"; do fields+=(-e "$field"); done
  tshark -r "$capture" -Y "$filter" -T fields -E separator=' ' "${fields[@]}" 2>>"$work/tshark.err" | sort -u || die "tshark does not read the capture: $(tail -n 1 "$work/tshark.err")"
}
received=0x00000001 sent=0x00000002
for direction in "$received" "$sent"; do
  [[ $(shown "stun && frame.packet_flags_direction == $direction" stun.type) == *0x0001*0x0101* ]] || die "the capture does not show ICE checks and their answers"
  [ -n "$(shown "dtls.handshake && frame.packet_flags_direction == $direction" frame.number)" ] || die "the capture does not show the DTLS handshake"
  [ -n "$(shown "rtp.p_type && frame.packet_flags_direction == $direction" frame.number)" ] || die "the capture does not show SRTP packets"
done
# 20 octets of IP and 8 of UDP come before the 20 octets of STUN, the 25 of DTLS, and the 12 of RTP.
[ "$(shown stun frame.cap_len)" = 48 ] || die "the capture has more than the header of STUN messages: $(shown stun frame.cap_len | tr '\n' ' ')"
[ "$(shown dtls frame.cap_len | sort -n | tail -n 1)" -le 53 ] || die "the capture has more than the headers of DTLS records"
[ "$(shown rtp.p_type frame.cap_len | sort -n | tail -n 1)" = 40 ] || die "the capture has more than the header of SRTP packets: $(shown rtp.p_type frame.cap_len | tr '\n' ' ')"
grep -aq 'a=ice-pwd:xxxx' "$capture" || die "the capture shows no masked a=ice-pwd"
grep -aqE 'a=ice-pwd:[^x]' "$capture" && die "the capture has an unmasked a=ice-pwd"
:
