# The registrar knows the way to the agent only as the connection that the agent has opened.
start_kamailio_tls
agent_transport=tls agent_registrar=$tls_port
agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
start_agent 6001
run_sipp call_with_rtp "$registrar_port"
