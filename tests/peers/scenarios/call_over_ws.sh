# The agent calls a telephone on UDP over its own WebSocket to the registrar: first with a registration, and then without a registration.
start_kamailio_web
agent_transport=ws
say_wav "$work/hello.wav" 8000 200 3000 "Hello."
baresip_folder telephone 1001 "$work/hello.wav" ';answermode=auto'
start_baresip telephone
expect "the telephone is registered" registered 1001
agent_config "$work/agent.json" 6001
for first in --register ''; do
  code=0
  timeout 90 "$offhook" call 1001 $first --config "$work/agent.json" >"$work/agent$first.log" 2>&1 || code=$?
  [ "$code" = 0 ] || die "the call failed with exit code $code: $(tail -n 1 "$work/agent$first.log")"
done
