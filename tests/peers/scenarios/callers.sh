# Who does not come from the registrar has to prove who it is; the registrar has not.
start_kamailio
agent_sip_too='"callers": {"who": [{"username": "anna", "password": "secret-9"}], "algorithms": ["MD5"]}, "door": {"peers": []}'
start_agent 6001
run_sipp caller_proves "$agent_sip" -i 127.0.0.2 -auth_uri "6001@127.0.0.1:$agent_sip" -au anna -ap secret-9
run_sipp caller_refused "$agent_sip" -i 127.0.0.2 -auth_uri "6001@127.0.0.1:$agent_sip" -au anna -ap secret-8
name=call file=$here/sipp/call.flow
flow_xml
run_sipp call "$agent_sip"
gone "$agent_pid" && die "the agent is gone"
