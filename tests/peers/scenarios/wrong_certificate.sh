# The registrar's certificate is trusted but names another host. The agent sends no SIP message, and does not try another transport.
brief_agent
tried_twice() { [ "$(grep -c 'registration.failed' "$work/agent.log")" -ge 2 ]; }
start_kamailio_tls DNS:other.example
agent_transport=tls agent_registrar=$tls_port
agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
agent_config "$work/agent.json" 6001
start agent "$offhook" run --config "$work/agent.json"
expect "/readyz says 503" ready 503
expect "the agent has tried twice to connect" tried_twice
says "$work/kamailio.log" 'peers: ' && die "the agent sent a SIP message to a host with a wrong certificate"
ready 503 || die "/readyz does not say 503, although the agent is not registered"
says "$work/agent.log" 'reason="127\.0\.0\.1:[0-9]* as 127\.0\.0\.1: the certificate is not trusted: .*; use a host name that the certificate contains"' || die "the log does not give the reason of the failed registration: $(grep -m 1 registration.failed "$work/agent.log")"
# `offhook check --online` reports the same problem without an agent.
"$offhook" check "$work/agent.json" --online >"$work/check.log" 2>&1 && die "offhook check --online found no problem"
says "$work/check.log" 'the PBX 127\.0\.0\.1 by tls: .*the certificate is not trusted: .*; use a host name that the certificate contains' || die "offhook check --online does not give the reason: $(cat "$work/check.log")"
