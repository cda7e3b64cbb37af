brief_agent
start_kamailio
free_ports agent_sip
first_sip=$agent_sip
start_agent 6001
agent_http=''
agent_config "$work/second.json" 6002
start agent-second "$offhook" run --config "$work/second.json"
expect "the second program ends" gone "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 3 ] || die "with a port in use, the agent ended with exit code $code, not 3"
says "$work/agent-second.log" "$first_sip" || die "the error does not name the port: $(tail -n 1 "$work/agent-second.log")"
