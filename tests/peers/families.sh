# Calls to cascades with parts of several providers, whose simulators this file starts. For the scenarios cascade-* and failover-*.
. "$here/openai.sh"
simulators=$(dirname "$simulator")
voice=slt  # the voice with which the simulators speak

# simulate NAME JSON: starts the simulator of the provider NAME with the scenario JSON (azure_model is Azure OpenAI). Sets $NAME_port to its HTTP
# port. Its log is $work/NAME.jsonl.
simulate() {
  local of=${1/azure_model/openai}
  # Each simulator accepts only its own key, so that it refuses a key for another provider. JSON may set another key; "" accepts any key or none.
  case $2 in
    '{"key":'*) printf '%s\n' "$2" ;;
    *) printf '{"key": "secret-%s-key", %s\n' "$1" "${2#\{}" ;;
  esac >"$work/$1.json"
  start "$1" "$simulators/offhook_${of}_sim" --scenario "$work/$1.json" --log "$work/$1.jsonl"
  printf -v "$1_pid" %s "$pid"
  expect "the simulated $1 has ports" says "$work/$1.log" '"http":[0-9]+'
  printf -v "$1_port" %s "$(sed -n 's/.*"http":\([0-9]*\).*/\1/p' "$work/$1.log")"
}
# families_config MEMBERS: starts the agent with all simulated providers. MEMBERS are JSON members of the agent, and $more_config of the whole file,
# each after a comma. The provider `compatible` is Ollama's interface that is compatible with OpenAI.
families_config() {
  own_agent
  agent_config "$work/agent.base.json" 6001
  sed '$ s/}$//' "$work/agent.base.json" >"$work/agent.json"
  cat >>"$work/agent.json" <<JSON
 , "providers": {
   "openai": {"api_key": "secret-openai-key", "base_url": "http://127.0.0.1:${openai_port:-9}/v1"},
   "azure": {"speech": {"key": "secret-azure-key", "url": "http://127.0.0.1:${azure_port:-9}"},
             "base_url": "http://127.0.0.1:${azure_model_port:-9}", "api_key": "secret-azure_model-key", "deployment": "mini", "models": {"realtime": "rt"}},
   "deepgram": {"api_key": "secret-deepgram-key", "base_url": "http://127.0.0.1:${deepgram_port:-9}", "deepgram": {"agent_url": "http://127.0.0.1:${deepgram_port:-9}"}},
   "flux": {"kind": "deepgram", "api_key": "secret-deepgram-key", "base_url": "http://127.0.0.1:${deepgram_port:-9}", "models": {"transcription": "flux-general-en"}},
   "ollama": {"api_key": "secret-ollama-key", "base_url": "http://127.0.0.1:${ollama_port:-9}", "models": {"chat": "llama3.2"}},
   "compatible": {"kind": "openai_compatible", "api_key": "secret-ollama-key", "base_url": "http://127.0.0.1:${ollama_port:-9}/v1", "models": {"chat": "llama3.2"}}},
 "agent": {"prompt": "You are the receptionist of a bicycle shop.", "greeting": "${spoken_greeting:-$greeting}", "voice": "slt", "language": "en"$1}${more_config:-}}
JSON
  start agent "$offhook" run --config "$work/agent.json"
  agent_pid=$pid
  expect_of "$agent_pid" agent "the agent is registered" registered 6001
}
# simulate_all HEARD REPLIES FAMILY...: starts the simulators of these providers with the same words and replies. $NAME_faults has the faults of the
# simulator NAME, as members of its scenario after a comma.
simulate_all() {
  local heard=$1 replies=$2 family
  shift 2
  for family in $(printf '%s\n' "$@" | sed 's/compatible/ollama/; s/flux/deepgram/; s/^local$//' | sort -u); do
    case $family in
      openai) simulate openai "{\"voice\": \"$voice\", \"heard\": $heard, \"replies\": $replies${openai_faults:-}}" ;;
      azure)
        simulate azure "{\"voice\": \"$voice\", \"heard\": $heard${azure_faults:-}}"
        simulate azure_model "{\"voice\": \"$voice\", \"heard\": $heard, \"replies\": $replies${azure_model_faults:-}}"
        ;;
      deepgram) simulate deepgram "{\"voice\": \"$voice\", \"heard\": $heard${deepgram_faults:-}}" ;;
      ollama) simulate ollama "{\"replies\": $replies${ollama_faults:-}}" ;;
    esac
  done
}

# A whole call: an interrupted turn, a turn in which the model uses a tool, and a goodbye in which the model hangs up with a tool.
end='We are closed on Sunday when it snows.' street='You find us next to the train station.' noted='I have written that down.'
open='We are open from nine in the morning to six in the evening. And from ten to two on Saturday.'
heard_in_whole_call='["when are you open", "where is your shop", "goodbye"]'
replies_of_whole_call='[{"when": "open", "text": "'"$open $end"'"},
  {"when": "shop", "text": "'"$street"'", "calls": [{"name": "note", "arguments": {"text": "Asked for the way"}}]},
  {"when": "written down", "text": "'"$noted"'"},
  {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]}]'
hold_whole_call() {
  sentence hello "$hello"
  sentence end "$end"
  sentence street "$street"
  sentence noted "$noted"
  sentence goodbye 'Goodbye.'
  ai_call wait "say:when are you open" "interrupt:1500:where is your shop" wait silence:1500 "say:goodbye" wait:15000
  heard_whole hello street noted goodbye
  heard_not end
  [ "$(sed -n 's/.*"greeting_ms":\([0-9]*\).*/\1/p' "$work/report.json")" -lt 1900 ] || die "the greeting did not come in time: $(cat "$work/report.json")"
  reports '"ended_by":"them"'
  ! says "$work/agent.log" 'call.trouble' || die "the agent's log has a trouble, although no part should fail: $(grep call.trouble "$work/agent.log")"
  expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"interrupted_at_ms":' '"notes":\[\{"text":"Asked' '"name":"hang_up","done":true'
}
# whole_call LISTEN THINK SPEAK: makes the whole call with a cascade of these three providers.
whole_call() {
  # The embedded voice replaces a failed voice. The simulators use another voice, so that a check cannot confuse the two.
  [ "$3" = local ] || voice=rms
  start_kamailio
  simulate_all "$heard_in_whole_call" "$replies_of_whole_call" "$@"
  spoken_greeting="$hello You have called {{called}}."  # This greeting depends on the call, so the agent cannot prepare it.
  families_config ', "tools": ["hang_up", "note"], "sessions": [{"kind": "cascade", "listen": "'"$1"'", "think": "'"$2"'", "speak": "'"$3"'"}]'
  hold_whole_call
}
# whole_talk FAMILY: makes the whole call with this provider's model that hears and speaks itself.
whole_talk() {
  voice=rms
  start_kamailio
  # The model speaks each reply as one utterance, not each sentence separately.
  case $1 in
    deepgram)
      simulate deepgram '{"voice": "'"$voice"'", "heard": '"$heard_in_whole_call"', "replies": ["'"$open $end"'", {"say": "'"$street"'", "call": "note", "arguments": {"text": "Asked for the way"}, "then": "'"$noted"'"},
        {"say": "Thank you for calling. Goodbye.", "call": "hang_up"}]}'
      ;;
    *) simulate_all "$heard_in_whole_call" "$replies_of_whole_call" "$1" ;;
  esac
  spoken_greeting="$hello You have called {{called}}."
  families_config ', "tools": ["hang_up", "note"], "sessions": [{"kind": "realtime", "provider": "'"$1"'"}]'
  hold_whole_call
}
