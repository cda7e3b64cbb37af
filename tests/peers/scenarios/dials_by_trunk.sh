# `offhook call` calls through a trunk without a registration. The trunk knows this host by its address, but asks for the password.
free_ports registrar_port
agent_sip_too='"registration": "none"'
through='' calls=1
run_called_flow dials_by_trunk "$here/sipp/dials_by_trunk.flow" u1
