# SIGTERM during a call: the agent ends the call with BYE within the limit, and exits with 0.
start_kamailio
start_agent 6001
say_wav "$work/caller.wav" 8000 0 60000 "hello"
baresip_folder caller 6002 "$work/caller.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "the agent has the call, too" says "$work/agent.log" 'call\.up '
kill -TERM "$agent_pid"
expect "the agent has ended after SIGTERM" gone "$agent_pid"
code=0
wait "$agent_pid" || code=$?
[ "$code" = 0 ] || die "after SIGTERM, the agent ended with exit code $code"
expect "the caller got a BYE" says "$work/caller.log" "session closed"
expect "the agent has de-registered" unregistered 6001
