brief_agent
start_kamailio MAX_EXPIRES=10
start_agent 6001
stop "$kamailio_pid"   # not by KILL: its workers would continue, and answer
sleep 12  # The registration has expired: the registrar granted 10 s.
gone "$agent_pid" && die "it ended when the registrar was lost"
start_kamailio MAX_EXPIRES=10
expect "the agent is registered again" registered 6001
