start_kamailio
start_agent 6001
kill -TERM "$agent_pid"
expect 10 "the agent has ended after SIGTERM" gone "$agent_pid"
code=0
wait "$agent_pid" || code=$?
[ "$code" = 0 ] || die "SIGTERM ends with exit code $code"
expect 2 "the registrar was told" unregistered 6001
