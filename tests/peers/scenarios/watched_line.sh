# The agent tells only the configured watcher whether it is in a call.
brief_agent
start_kamailio
agent_sip_too='"accept_from": "anyone", "trusted_peers": ["127.0.0.2"], "watchers": ["sip:desk@127.0.0.1"]'
start_agent 6001
file=$here/sipp/watched_line.flow name=watched_line
flow_xml
run_sipp watched_line "$agent_sip" -i 127.0.0.2 &
watcher=$!
file=$here/sipp/call.flow name=call
flow_xml
expect "the watcher has its first document" says "$work/watched_line-messages.log" dialog-info
sleep 1.2  # The agent sends at most one document per second. After this time, the next document need not wait.
run_sipp call "$agent_sip" -i 127.0.0.3
wait "$watcher" || die "the watcher did not get the start and the end of the call"
gone "$agent_pid" && die "the agent has ended unexpectedly"
