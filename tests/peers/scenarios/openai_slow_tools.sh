# Tools of a program and of an HTTP service take five seconds. The caller completely hears the sentence before the tool, a filler sentence, and the
# answer, without a long silence between them. If the caller speaks meanwhile, the agent answers immediately, and the tool continues.
. "$here/families.sh"
looking='Let me look that up for you.' second='I will see about that one.' ready='Your bicycle will be ready on Friday.' here_still='Yes, I am still looking.' tuesday='It will be ready on Tuesday.'
asks='I will ask the workshop.' dry='Yes it is dry and it looks very good.' filler='One moment, please.'
start_kamailio
# The HTTP service is another simulator, which takes five seconds for each answer.
printf '%s\n' '{"key": "secret-workshop-key", "endpoints": {"chat": {"response_ms": 5000}}, "replies": ["The painting is done."]}' >"$work/workshop.json"
start workshop "$simulators/offhook_openai_sim" --scenario "$work/workshop.json" --log "$work/workshop.jsonl"
expect "the simulated HTTP service has ports" says "$work/workshop.log" '"http":[0-9]+'
workshop_port=$(sed -n 's/.*"http":\([0-9]*\).*/\1/p' "$work/workshop.log")
simulate openai '{"heard": ["when is my bicycle ready", "and the other one", "are you still there", "so when is it ready", "is the paint dry", "goodbye"], "replies": [
  {"when": "my bicycle", "text": "'"$looking"'", "calls": [{"name": "desk__wait", "arguments": {"seconds": 5}}]},
  {"when": "the other one", "text": "'"$second"'", "calls": [{"name": "desk__wait", "arguments": {"seconds": 8.5}}]},
  {"when": "still there", "text": "'"$here_still"'"},
  {"when": "so when", "text": "'"$tuesday"'"},
  {"when": "paint dry", "text": "'"$asks"'", "calls": [{"name": "workshop__ask", "arguments": {"model": "foreman", "messages": [{"role": "user", "content": "Is it dry?"}]}}]},
  {"when": "painting is done", "text": "'"$dry"'"},
  {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]},
  {"when": "waiting is over", "text": "'"$ready"'"}]}'
cat >"$work/workshop.openapi.json" <<'JSON'
{"openapi": "3.1.0", "info": {"title": "workshop", "version": "1"}, "paths": {"/chat/completions": {"post": {"operationId": "ask", "description": "Asks the workshop.",
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"model": {"type": "string"}, "messages": {"type": "array"}}}}}},
  "responses": {"200": {"description": "what it says"}}}}}}
JSON
more_config=', "tool_servers": {"desk": {"command": ["'"$simulators/offhook_mcp_stdio_server"'", "--slow"], "unpinned": "trust_first"},
  "workshop": {"openapi": "workshop.openapi.json", "operations": ["ask"], "url": "http://127.0.0.1:'"$workshop_port"'/v1", "token": "secret-workshop-key"}}'
families_config ', "provider": "openai", "sessions": [{"kind": "cascade", "listen": "openai", "think": "openai", "speak": "openai"}], "filler": "'"$filler"'",
  "tools": ["hang_up", {"name": "desk__wait", "class": "read"}, {"name": "workshop__ask", "class": "read"}]'
expect "the agent has the tools of the server desk" says "$work/agent.log" 'tools.server server=desk what=listed'
sentence looking "$looking"
sentence second "$second"
sentence filler "$filler"
sentence ready "$ready"
sentence here_still "$here_still"
sentence tuesday "$tuesday"
sentence asks "$asks"
sentence dry "$dry"
sentence goodbye 'Goodbye.'
# A step `wait` ends when the agent is quiet for a moment, even while a tool works. Therefore the caller is silent for a fixed time during a tool.
ai_call wait "say:when is my bicycle ready" silence:9500 wait "say:and the other one" wait "say:are you still there" wait silence:6000 "say:so when is it ready" wait silence:500 \
  "say:is the paint dry" silence:9500 wait:2000 "say:goodbye" wait:15000
heard_whole looking filler ready second here_still tuesday asks dry goodbye
# longest_silence FROM-MS TO-MS: prints the longest silence between two stretches of the agent's voice.
longest_silence() {
  sed 's/.*"voiced_ms":\[\(.*\)\]\].*/\1/; s/\],\[/\n/g; s/\[//' "$work/report.json" |
    awk -F, -v from="$1" -v to="$2" 'FNR > 1 && $1 > from && $1 <= to && $1 - last > most { most = $1 - last } { last = $2 } END { print most + 0 }'
}
step_at() { sed 's/},{/\n/g' "$work/report.json" | sed -n 's/.*"at_ms":\([0-9]*\).*"step":"'"$1"'".*/\1/p'; }
# waited BEFORE AFTER: checks that the tool took its time, and that no silence was longer than 2.5 s plus the time to synthesize the filler.
waited() {
  local silence
  [ "$(gap "$1" "$2")" -ge 3500 ] || die "between \"$1\" and \"$2\" there are $(gap "$1" "$2") ms, less than the tool takes: $(cat "$work/report.json")"
  silence=$(longest_silence "$(found "$1" ends_ms)" "$(found "$2" at_ms)")
  [ "$silence" -gt 1000 ] && [ "$silence" -le 3500 ] || die "between \"$1\" and \"$2\" there were $silence ms of silence: $(cat "$work/report.json")"
}
# The first and the last tool, each from the sentence before the tool to the answer. The test does not look for the filler here: the agent spoke it
# twice, and the search finds only its best match. No other sentence is spoken twice.
waited looking ready
waited asks dry
# When the caller began to speak, the second tool still needed 5 s. An answer before that shows that the agent did not wait for the tool.
answered=$(($(found here_still at_ms) - $(step_at "are you still there")))
[ "$answered" -gt 0 ] && [ "$answered" -le 4500 ] || die "the caller spoke while a tool ran, and got an answer after $answered ms"
[ "$(grep -c 'call.tool .*tool=desk__wait what=done' "$work/agent.log")" = 2 ] || die "not both calls of the tool wait have ended: $(grep call.tool "$work/agent.log")"
says "$work/agent.log" 'call.tool .*tool=workshop__ask what=done' || die "the agent did not call the HTTP service: $(grep call.tool "$work/agent.log")"
! says "$work/agent.log" 'call.trouble' || die "the agent's log has a trouble, although no part should fail: $(grep call.trouble "$work/agent.log")"
