# The primary server is down: the agent registers at the secondary server, and gets a call through it. When the secondary stops and the primary runs,
# the agent registers at the primary.
brief_agent
free_ports primary
registrar_name=secondary
start_kamailio MAX_EXPIRES=10
secondary=$registrar_port secondary_pid=$kamailio_pid
agent_sip_too="\"secondaries\": [{\"host\": \"127.0.0.1\", \"port\": $secondary}]"
registrar_port=$primary
start_agent 6001 secondary
name=call file=$here/sipp/call.flow
flow_xml -v proxied=1
run_sipp call "$secondary"
registrar_name=kamailio
start_kamailio MAX_EXPIRES=10
stop "$secondary_pid"
expect "the agent is registered at the primary" registered 6001
run_sipp call "$primary"
