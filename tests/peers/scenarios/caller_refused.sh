brief_agent
start_agent_with_callers
call_from_elsewhere caller_refused secret-8
says "$work/agent.log" 'call\.' && die "a call came about"
gone "$agent_pid" && die "the agent is gone"
