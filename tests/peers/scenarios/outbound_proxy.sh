# The registrar's name does not resolve. The REGISTER requests and the calls pass through the outbound proxy.
brief_agent
start_kamailio
agent_host=pbx.invalid
agent_sip_too="\"outbound_proxy\": {\"host\": \"127.0.0.1\", \"port\": $registrar_port}"
start_agent 6001
name=call file=$here/sipp/call.flow
flow_xml -v proxied=1
run_sipp call "$registrar_port"
