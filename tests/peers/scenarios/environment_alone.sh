# The first call of the README: only environment variables configure the agent. The options --set only separate scenarios that run at the same time.
start_kamailio
free_ports agent_http
free_ports agent_sip
start agent env SIP_EXTENSION=6001 SIP_PASSWORD=secret-6001 ASTERISK_HOST="127.0.0.1:$registrar_port" PROVIDER=local XDG_STATE_HOME="$work/state" STATE_DIRECTORY="$work/state" \
  "$offhook" run --set "/health/port=$agent_http" --set /sip/bind_address=127.0.0.1 --set "/sip/bind_port=$agent_sip"
agent_pid=$pid
expect_of "$agent_pid" agent "the agent is registered as 6001" registered 6001
expect "the agent is ready" ready 200
name=call file=$(flow_file call)
call_through_registrar
expect "the record of the call is in the default folder" grep -q '"type":"call"' "$work/state/calls/calls-1.jsonl"
