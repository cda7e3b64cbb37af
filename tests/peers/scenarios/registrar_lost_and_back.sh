brief_agent
start_kamailio MAX_EXPIRES=10
start_agent 6001
stop "$kamailio_pid"   # TERM and not KILL: after a KILL, Kamailio's workers would continue to answer
sleep 12  # After this time, the registration has expired, because the registrar granted 10 s.
gone "$agent_pid" && die "the agent ended after the registrar was lost"
start_kamailio MAX_EXPIRES=10
expect "the agent is registered again" registered 6001
