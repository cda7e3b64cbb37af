# `offhook call` uses a trunk that knows this host by its address and still demands the password.
free_ports registrar_port
agent_sip_too='"registration": "none"'
through='' calls=1
run_called_flow dials_by_trunk "$here/sipp/dials_by_trunk.flow" u1
