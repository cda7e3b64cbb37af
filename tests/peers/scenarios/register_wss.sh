brief_agent
start_kamailio_web
agent_transport=wss agent_registrar=$tls_port
agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
start_agent 6001
name=call file=$here/sipp/call.flow
call_through_registrar
