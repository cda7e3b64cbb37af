start_kamailio_tls
agent_transport=tls agent_registrar=$tls_port
agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tls' || die "its Contact does not say transport=tls"
