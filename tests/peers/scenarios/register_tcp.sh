brief_agent
agent_transport=tcp
start_kamailio
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tcp' || die "the agent's Contact does not have transport=tcp"
