brief_agent
agent_transport=tcp
start_kamailio
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tcp' || die "its Contact does not say transport=tcp"
