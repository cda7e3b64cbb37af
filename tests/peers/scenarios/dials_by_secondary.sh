# The primary does not respond: `offhook call` places its call through the secondary, where it is registered. SIPp is the secondary and the telephone.
free_ports agent_registrar
free_ports registrar_port
agent_sip_too="\"registration\": \"parallel\", \"secondaries\": [{\"host\": \"127.0.0.1\", \"port\": $registrar_port}]"
through=''
run_called_flow called "$here/sipp/called.flow" u1
