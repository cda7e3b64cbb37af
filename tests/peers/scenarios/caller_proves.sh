# Who does not come from the registrar has to prove who it is; what comes from the registrar has not.
brief_agent
start_agent_with_callers
call_from_elsewhere caller_proves secret-9
name=call file=$here/sipp/call.flow
flow_xml
run_sipp call "$agent_sip"
gone "$agent_pid" && die "the agent is gone"
