# Two servers at the same time: the agent is registered at both, gets calls through each server, and stays ready after the loss of one server.
brief_agent
start_kamailio MAX_EXPIRES=10
primary=$registrar_port primary_pid=$kamailio_pid
registrar_port='' registrar_name=secondary
start_kamailio
secondary=$registrar_port
agent_sip_too="\"registration\": \"parallel\", \"secondaries\": [{\"host\": \"127.0.0.1\", \"port\": $secondary}]"
registrar_port=$primary
start_agent 6001
expect "the agent is registered at the secondary" registered 6001 secondary
both() { ready 200 "\"server\":\"sip:127\.0\.0\.1:$primary\",\"registered\":$1.*\"server\":\"sip:127\.0\.0\.1:$secondary\",\"registered\":true"; }
expect "/readyz names both as registered" both true
file=$here/sipp/call.flow
for name in by_primary by_secondary; do flow_xml -v proxied=1; done
run_sipp by_primary "$primary"
run_sipp by_secondary "$secondary"
stop "$primary_pid"
expect "/readyz says that the primary is lost" both false
says "$work/agent.log" "registration\.up .*server=sip:127\.0\.0\.1:$secondary from=127\.0\.0\.1:$secondary" || die "the log does not name the secondary server of the registration"
says "$work/agent.log" "registration\.failed server=sip:127\.0\.0\.1:$primary " || die "the log does not name the primary server, which was lost"
run_sipp by_secondary "$secondary"
