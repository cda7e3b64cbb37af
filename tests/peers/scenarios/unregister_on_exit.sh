brief_agent
start_kamailio
start_agent 6001
kill -TERM "$agent_pid"
expect "the agent has ended after SIGTERM" gone "$agent_pid"
code=0
wait "$agent_pid" || code=$?
[ "$code" = 0 ] || die "after SIGTERM, the agent ended with exit code $code"
expect "the agent has de-registered" unregistered 6001
