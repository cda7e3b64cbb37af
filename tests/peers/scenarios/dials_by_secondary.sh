# The primary server does not respond. `offhook call` registers at the secondary server and calls through it. SIPp is this server and the telephone.
free_ports agent_registrar
free_ports registrar_port
agent_sip_too="\"registration\": \"parallel\", \"secondaries\": [{\"host\": \"127.0.0.1\", \"port\": $registrar_port}]"
through=''
run_called_flow called "$here/sipp/called.flow" u1
