# The caller's number chooses one of the configured agents. Offhook believes an asserted number only if a trusted peer asserts it.
start_kamailio
agent_sip_too='"accept_from": "anyone", "trusted_peers": ["127.0.0.2"]'
agent_too='"agents": [{"name": "chief", "match": {"caller": "4711"}}]'
start_agent 6001
file=$here/sipp/trusted_peer.flow name=trusted_peer
flow_xml
run_sipp trusted_peer "$agent_sip" -i 127.0.0.2
expect "the record of the trusted peer's call names the agent for 4711" has_record '"agent":"chief"'
name=stranger
flow_xml
run_sipp stranger "$agent_sip" -i 127.0.0.3
two() { [ "$("$offhook" calls --folder "$work/records" --json | wc -l)" = 2 ]; }
expect "the agent has written two records" two
has_record '"agent":"chief"' && die "the agent trusted an identity that a stranger asserted"
gone "$agent_pid" && die "the agent has ended unexpectedly"
