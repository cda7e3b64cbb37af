# External tools: a program with the Model Context Protocol, of whose definitions all except one are pinned, and an HTTP service with an OpenAPI
# document. A tool of the class `money` runs only after the caller has agreed by a key. The model does not get a tool that is not pinned, or that the
# agent's configuration does not grant.
. "$here/families.sh"
added='Together that makes forty two.' models='There is one model.' paid='It is on its way.' unknown='That I cannot do.' question='Shall I send it back to you?'
start_kamailio
simulate openai '{"heard": ["please add them", "which models are there", "pay me back", "delete my account", "goodbye"], "replies": [
  {"when": "add them", "text": "One moment.", "calls": [{"name": "desk__add", "arguments": {"a": 40, "b": 2}}]},
  {"when": "42", "text": "'"$added"'"},
  {"when": "which models", "text": "Let me see.", "calls": [{"name": "shop__listModels", "arguments": {"limit": 3}}]},
  {"when": "gpt-realtime", "text": "'"$models"'"},
  {"when": "pay me", "text": "Certainly.", "calls": [{"name": "desk__heard", "arguments": {}}]},
  {"when": "delete", "text": "Well.", "calls": [{"name": "desk__delete_account", "arguments": {}}, {"name": "shop__wipe", "arguments": {}}]},
  {"when": "not available", "text": "'"$unknown"'"},
  {"when": "no caller says this, but the simulator synthesises the texts here before it opens", "text": "'"$question Please say yes or press 1. If not, say no or press 2."'"},
  {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]},
  {"when": "instruction", "text": "'"$paid"'"}]}'
cat >"$work/shop.json" <<'JSON'
{"openapi": "3.1.0", "info": {"title": "models", "version": "1"}, "paths": {"/models": {"get": {"operationId": "listModels", "description": "Lists the models.",
  "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}], "responses": {"200": {"description": "them"}}},
  "delete": {"operationId": "wipe", "responses": {"200": {"description": "gone"}}}}}}
JSON
server=$simulators/offhook_mcp_stdio_server
tool_servers() {  # tool_servers DESK-MEMBERS
  printf '{"desk": {"command": ["%s", "--more"]%s}, "shop": {"openapi": "shop.json", "operations": ["listModels"], "url": "http://127.0.0.1:%s/v1", "token": "secret-openai-key"}}' \
    "$server" "$1" "$openai_port"
}
# The operator first lists the tools, and pins them. The tool delete_account exists and is granted, but not pinned. The operation wipe is in the
# shop's document, but not among the configured operations.
own_agent
agent_config "$work/tools.base.json" 6001
sed '$ s/}$//' "$work/tools.base.json" >"$work/tools.json"
printf ', "tool_servers": %s}\n' "$(tool_servers '')" >>"$work/tools.json"
"$offhook" tools "$work/tools.json" --json >"$work/tools.list" 2>"$work/tools.err" || die "offhook tools failed: $(cat "$work/tools.err")"
# `offhook tools` must report each grant by which no model gets a tool.
sed '$ s/}$//' "$work/tools.base.json" >"$work/slips.json"
printf ', "agent": {"provider": "openai", "tools": ["desk__ad", {"name": "desk__add", "arguments": {"properties": {"c": {"maximum": 5}}}}]},
  "providers": {"openai": {"api_key": "secret-openai-key"}}, "tool_servers": %s}\n' "$(tool_servers '')" >>"$work/slips.json"
if "$offhook" tools "$work/slips.json" >"$work/slips.out" 2>"$work/slips.err"; then die "offhook tools accepts grants that give a model no tool"; fi
says "$work/slips.err" 'desk__ad is granted to agent, and there is no such tool: did you mean "desk__add"?' || die "offhook tools does not report the misspelt tool: $(cat "$work/slips.err")"
says "$work/slips.err" 'desk__add is not offered to agent: its grant names an argument "c"' || die "offhook tools does not report the misspelt argument: $(cat "$work/slips.err")"
pin_of() { sed 's/},{/\n/g' "$work/tools.list" | sed -n 's/.*"tool":"'"$1"'","hash":"\([0-9a-f]*\)".*/\1/p'; }
[ -n "$(pin_of desk__add)" ] && [ -n "$(pin_of shop__listModels)" ] || die "offhook tools does not list the tools: $(cat "$work/tools.list")"
pins='[{"tool": "desk__add", "hash": "'$(pin_of desk__add)'"}, {"tool": "desk__heard", "hash": "'$(pin_of desk__heard)'"}]'
more_config=', "tool_servers": '$(tool_servers ', "pins": '"$pins")
families_config ', "provider": "openai", "sessions": [{"kind": "cascade", "listen": "openai", "think": "openai", "speak": "openai"}],
  "tools": ["hang_up", {"name": "desk__add", "class": "read"}, {"name": "desk__heard", "class": "money", "question": "'"$question"'"}, "shop__listModels", "desk__delete_account"]'
expect "the agent has the tools of the server desk" says "$work/agent.log" 'tools.server server=desk what=listed'
says "$work/agent.log" 'tools.server server=desk what=tool_refused tool=desk__delete_account' || die "the log does not report the tool that no pin approves"
sentence added "$added"
sentence models "$models"
sentence paid "$paid"
sentence unknown "$unknown"
sentence goodbye 'Goodbye.'
ai_call wait "say:please add them" wait silence:300 "say:which models are there" wait silence:300 "say:pay me back" wait silence:500 "press:1" wait silence:1500 "say:delete my account" wait silence:300 "say:goodbye" wait:15000
heard_whole added models paid unknown goodbye
says "$work/openai.jsonl" '"method":"GET".*"path":"/v1/models' || die "the agent did not call the HTTP service"
for told in 'tool=desk__add what=done' 'tool=shop__listModels what=done' 'tool=desk__heard what=asked' 'tool=desk__heard what=confirmed' 'tool=desk__heard what=done' \
  'tool=desk__delete_account what=refused' 'tool=shop__wipe what=refused'; do
  says "$work/agent.log" "call.tool .*$told" || die "the log has no line \"call.tool ... $told\": $(grep call.tool "$work/agent.log")"
done
