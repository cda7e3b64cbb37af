brief_agent
start_kamailio
agent_config "$work/agent.json" 6001 secret-wrong-9
start agent "$offhook" run --config "$work/agent.json"
expect "the program ends after a wrong password" gone "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 4 ] || die "after a wrong password, the agent ended with exit code $code, not 4"
says "$work/agent.log" '([Pp]assword|credential)' || die "the agent's log does not report the wrong password: $(tail -n 1 "$work/agent.log")"
refusals=$(grep -c 'peers: refused 6001' "$work/kamailio.log")
[ "$refusals" -le 2 ] || die "the agent tried the wrong password $refusals times, after which a registrar may lock the account"
