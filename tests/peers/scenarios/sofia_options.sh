# sofia-sip queries the agent's capabilities over UDP and over TCP. Its parser accepts both responses, and they are equal.
needs_program sip-options sofia-sip-bin
start_kamailio
start_agent 6001
for transport in udp tcp; do
  timeout 20 sip-options --all --contact='sip:127.0.0.1:*' "sip:6001@127.0.0.1:$agent_sip;transport=$transport" \
    >"$work/$transport.txt" 2>"$work/$transport.err" || die "sip-options over $transport failed: $(tail -n 1 "$work/$transport.err")"
  says "$work/$transport.txt" '^SIP/2\.0 200 ' || die "OPTIONS over $transport did not get 200: $(head -n 1 "$work/$transport.txt")"
  for method in INVITE ACK CANCEL BYE OPTIONS UPDATE PRACK; do
    says "$work/$transport.txt" "^Allow: .*\b$method\b" || die "over $transport sofia-sip reads no $method in Allow"
  done
  says "$work/$transport.txt" '^Accept: .*application/sdp' || die "over $transport sofia-sip reads no application/sdp in Accept"
done
diff <(grep -E '^(Allow|Accept|Supported):' "$work/udp.txt") <(grep -E '^(Allow|Accept|Supported):' "$work/tcp.txt") >"$work/diff" ||
  die "the responses over UDP and TCP differ: $(head -n 3 "$work/diff" | tr '\n' ' ')"
