# SIP.js registers over WebSocket at the registrar, calls the agent (which is registered over UDP), hears it, and hangs up.
start_kamailio_web
start_agent 6001
web_phone phone --server "ws://127.0.0.1:$registrar_port/ws" --user 1001 --password secret-1001 --register --call 6001 --hang-up-after 2
registered 1001 || die "SIP.js was not registered"
expect "the agent has a record of the call" has_record '"direction": ?"in"'
