# A stranger sends many requests, and gets 503 within a second, when its budget is used up. The registrar sends as many requests, and all succeed.
start_kamailio
agent_sip_too='"admission": {"peers": [], "source": {"per_second": 1, "burst": 3}}'
start_agent 6001
run_sipp door_budget "$agent_sip" -i 127.0.0.2
run_sipp options "$agent_sip" -m 20
name=call file=$here/sipp/call.flow
flow_xml -v proxied=1
run_sipp call "$registrar_port"
gone "$agent_pid" && die "the agent has ended unexpectedly"
