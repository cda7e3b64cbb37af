# RFC 3261 section 9.2. The agent must ring for some seconds, because otherwise it would answer before the CANCEL.
brief_agent
start_kamailio
agent_ring=5
start_agent 6001
wire_open
sip_offer "$work/offer"
sip_request "$work/invite" INVITE cancelled wire-1 1 '' "$work/offer"
sip_request "$work/cancel" CANCEL cancelled wire-1 1
wire_send "$work/invite"
expect "the agent rings" says "$work/agent.log" 'call.offered'
wire_send "$work/cancel"
wire_read 2 >"$work/replies"
awk '/^SIP/{status = $2} /^CSeq:/{print status, $3}' "$work/replies" >"$work/statuses"
says "$work/statuses" '^200 CANCEL$' || die "no 200 for the CANCEL: $(tr '\n' ',' <"$work/statuses")"
says "$work/statuses" '^487 INVITE$' || die "no 487 for the INVITE: $(tr '\n' ',' <"$work/statuses")"
says "$work/statuses" '^200 INVITE$' && die "the INVITE got a 200 although it was cancelled"
tag=$(awk '/^SIP/{status = $2} /^To:/ && status == 487 {sub(/.*tag=/, ""); print; exit}' "$work/replies")
sip_request "$work/ack" ACK cancelled wire-1 1 "$tag"
wire_send "$work/ack"
wire_read 5 >"$work/later"   # If the agent had not accepted the ACK, it would repeat the 487 in this time.
[ "$(grep -c '^SIP/2.0 487' "$work/later")" -le 1 ] || die "the agent repeats the 487 after its ACK"
expect "the record says that the caller cancelled" has_record '"end":\{"by":"caller","cause":"cancelled"' '"sip_call_id":"wire-1"'
