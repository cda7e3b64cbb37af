# A caller that does not come from the registrar must prove its identity. A caller from the registrar need not.
brief_agent
start_agent_with_callers
call_from_elsewhere caller_proves secret-9
name=call file=$here/sipp/call.flow
flow_xml
run_sipp call "$agent_sip"
gone "$agent_pid" && die "the agent is gone"
