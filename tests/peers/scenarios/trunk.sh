# A trunk that knows the agent by its address. The agent sends no REGISTER. It accepts calls for any number, but only from the trunk's host.
brief_agent
free_ports registrar_port
agent_sip_too='"registration": "none"'
agent_config "$work/agent.json" 6001
sed -i 's/"password": "[^"]*", //' "$work/agent.json"
"$offhook" check --config "$work/agent.json" >"$work/check.log" 2>&1 || die "offhook check does not accept the configuration: $(tail -n 2 "$work/check.log")"
"$offhook" print-config --config "$work/agent.json" >"$work/shown" 2>&1 && says "$work/shown" '/sip/registration +"none"' || die "print-config does not show /sip/registration \"none\""
start agent "$offhook" run --config "$work/agent.json"
agent_pid=$pid
expect_of "$agent_pid" agent "the agent is ready without a registration" ready 200 '"registrations":\[\]'
file=$here/sipp/trunk.flow name=trunk called=+493012345
flow_xml
run_sipp trunk "$agent_sip"
printf '%s\n' '> INVITE body=offer' '<? 100' '< 403' '> ACK for=403' >"$work/stranger.flow"
file=$work/stranger.flow name=stranger
flow_xml
run_sipp stranger "$agent_sip" -i 127.0.0.3
says "$work/agent.log" registration && die "the agent's log mentions a registration"
kill -TERM "$agent_pid"
expect "the agent has ended after SIGTERM" gone "$agent_pid"
code=0
wait "$agent_pid" || code=$?
[ "$code" = 0 ] || die "after SIGTERM, the agent ended with exit code $code"
