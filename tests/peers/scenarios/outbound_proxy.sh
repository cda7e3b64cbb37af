# The registrar's own name leads nowhere: what is said to it passes the outbound proxy, and so do calls.
brief_agent
start_kamailio
agent_host=pbx.invalid
agent_sip_too="\"outbound_proxy\": {\"host\": \"127.0.0.1\", \"port\": $registrar_port}"
start_agent 6001
name=call file=$here/sipp/call.flow
flow_xml -v proxied=1
run_sipp call "$registrar_port"
