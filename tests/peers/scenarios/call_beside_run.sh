# `offhook call` runs beside `offhook run` of the same extension. It changes nothing at the registrar, and the running agent still gets calls.
brief_agent
start_kamailio
start_agent 6001
say_wav "$work/hello.wav" 8000 200 3000 "Hello."
baresip_folder telephone 1001 "$work/hello.wav" ';answermode=auto'
start_baresip telephone
expect "the telephone is registered" registered 1001
code=0
timeout 90 "$offhook" call 1001 --config "$work/agent.json" >"$work/agent-calls.log" 2>&1 || code=$?
[ "$code" = 0 ] || die "the call failed with exit code $code: $(tail -n 1 "$work/agent-calls.log")"
[ "$(grep -c 'peers: unregistered 6001$' "$work/kamailio.log")" -le 1 ] || die "offhook call removed the registration of 6001"
grep -o 'peers: registered 6001 at .*' "$work/kamailio.log" | sort -u | grep -v ":$agent_sip" && die "offhook call registered another Contact for 6001"
name=call file=$(flow_file call)
call_through_registrar
