# The agent starts while no registrar runs. It reports this, retries, and registers soon after the registrar has started.
brief_agent
free_ports registrar_port
agent_config "$work/agent.json" 6001
start agent "$offhook" run --config "$work/agent.json"
agent_pid=$pid
expect "the agent warns that no registrar answers" says "$work/agent.log" 'registration\.silent'
gone "$agent_pid" && die "the agent ended because the registrar does not run: $(tail -n 1 "$work/agent.log")"
expect "/readyz says 503" ready 503
start_kamailio
expect "the agent is registered" registered 6001
expect "/readyz says 200" ready 200
