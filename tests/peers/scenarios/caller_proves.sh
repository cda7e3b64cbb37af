# The agent asks a caller from an unknown address for its password. It accepts a call from the registrar's address without a password.
brief_agent
start_agent_with_callers
call_from_elsewhere caller_proves secret-9
name=call file=$here/sipp/call.flow
flow_xml
run_sipp call "$agent_sip"
gone "$agent_pid" && die "the agent has ended unexpectedly"
