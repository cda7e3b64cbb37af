# The registrar can reach the agent only over the WebSocket that the agent has opened.
start_kamailio_web
agent_transport=ws agent_sip_too='"web_socket": {"path": "/sip"}'
start_agent 6001
says "$work/kamailio.log" 'peers: a WebSocket for /sip of 127.0.0.1' || die "it did not ask for the path and the host"
says "$work/kamailio.log" 'registered 6001 at .*\.invalid;transport=ws' || die "its Contact is somewhere"
name=call file=$here/sipp/call.flow
call_through_registrar
