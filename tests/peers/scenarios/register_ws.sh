# The registrar can reach the agent only over the WebSocket that the agent has opened.
start_kamailio_web
agent_transport=ws agent_sip_too='"web_socket": {"path": "/sip"}'
start_agent 6001
says "$work/kamailio.log" 'peers: a WebSocket for /sip of 127.0.0.1' || die "the agent's WebSocket handshake does not have the configured path and host"
says "$work/kamailio.log" 'registered 6001 at .*\.invalid;transport=ws' || die "the agent's Contact does not have a host in .invalid"
name=call file=$here/sipp/call.flow
call_through_registrar
