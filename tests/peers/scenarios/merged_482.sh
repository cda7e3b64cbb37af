# RFC 3261 section 8.2.2.2: a proxy forked the request, and both branches arrive at the agent.
brief_agent
start_kamailio
start_agent 6001
wire_open
sip_offer "$work/offer"
sip_request "$work/one" INVITE one wire-2 1 '' "$work/offer"
sip_request "$work/two" INVITE two wire-2 1 '' "$work/offer"
wire_send "$work/one" "$work/two"
wire_read 2 >"$work/replies"
awk '/^SIP/{status = $2} /^Via:/{print status, $0}' "$work/replies" >"$work/statuses"
says "$work/statuses" '^200 .*bK-one' || die "the INVITE of the first branch did not get 200"
says "$work/statuses" '^482 .*bK-two' || die "the INVITE of the second branch did not get 482: $(cut -d' ' -f1 "$work/statuses" | tr '\n' ' ')"
tag=$(awk '/^SIP/{status = $2} /^To:/ && status == 200 {sub(/.*tag=/, ""); print; exit}' "$work/replies")
sip_request "$work/ack-two" ACK two wire-2 1 "$(awk '/^SIP/{status = $2} /^To:/ && status == 482 {sub(/.*tag=/, ""); print; exit}' "$work/replies")"
sip_request "$work/ack-one" ACK three wire-2 1 "$tag"
sip_request "$work/bye" BYE four wire-2 2 "$tag"
wire_send "$work/ack-two" "$work/ack-one" "$work/bye"
wire_read 1 | says /dev/stdin '^CSeq: 2 BYE' || die "the BYE got no response"
