start_kamailio MAX_EXPIRES=10
start_agent 6001
stop "$kamailio_pid" KILL
sleep 12
gone "$agent_pid" && die "it ended when the registrar was lost"
start_kamailio MAX_EXPIRES=10
expect 60 "the agent is registered again" registered 6001
