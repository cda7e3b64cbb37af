brief_agent
start_agent_with_callers
call_from_elsewhere caller_refused secret-8
says "$work/agent.log" 'call\.' && die "the agent's log has an event of a call, although the caller was refused"
gone "$agent_pid" && die "the agent has ended unexpectedly"
