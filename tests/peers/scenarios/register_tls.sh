brief_agent
start_all_over_tls
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tls' || die "its Contact does not say transport=tls"
# The check runs beside the agent: it queries the PBX over TLS, and the agent's registration remains.
"$offhook" check "$work/agent.json" --online >"$work/check.log" 2>&1 || die "the check fails: $(cat "$work/check.log")"
says "$work/check.log" '^the PBX 127\.0\.0\.1 by tls answers: [2-6][0-9][0-9] ' || die "the check does not say what the PBX answers: $(cat "$work/check.log")"
ready 200 || die "the check took the agent's registration"
