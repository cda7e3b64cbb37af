brief_agent
start_all_over_tls
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tls' || die "the agent's Contact does not have transport=tls"
# The check runs beside the agent: it queries the PBX over TLS, and the agent's registration remains.
"$offhook" check "$work/agent.json" --online >"$work/check.log" 2>&1 || die "offhook check --online fails: $(cat "$work/check.log")"
says "$work/check.log" '^the PBX 127\.0\.0\.1 by tls answers: [2-6][0-9][0-9] ' || die "offhook check --online does not report the response of the PBX: $(cat "$work/check.log")"
ready 200 || die "after offhook check --online, the agent is no longer registered"
