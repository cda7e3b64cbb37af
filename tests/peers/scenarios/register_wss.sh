start_kamailio_web
agent_transport=wss agent_registrar=$tls_port
agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
start_agent 6001
run_sipp call_with_rtp "$registrar_port"
