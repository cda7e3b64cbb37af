# The agent no longer answers an address after a request whose User-Agent is a known scanner. It still accepts the registrar's calls.
start_kamailio
agent_sip_too='"admission": {"peers": []}'
start_agent 6001
file=$here/sipp/door_ban.flow name=door_ban
flow_xml
run_sipp door_ban "$agent_sip" -i 127.0.0.2
run_sipp options "$agent_sip"
name=call file=$here/sipp/call.flow
flow_xml -v proxied=1
run_sipp call "$registrar_port"
gone "$agent_pid" && die "the agent has ended unexpectedly"
