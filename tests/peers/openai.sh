# Calls to an agent that answers by the simulated OpenAI. For the scenarios openai_*.
caller_program=${OFFHOOK_TEST_CALLER:-$top/build/release/tests/offhook_test_caller}
simulator=${OFFHOOK_OPENAI_SIM_PROGRAM:-$top/build/release/tests/services/offhook_openai_sim}
greeting='Hello, this is Blue River Bicycles. How can I help you?'
hours='We are open from nine in the morning to six in the evening, Monday to Friday.'
address='You find us at twelve Harbor Street, next to the train station.'
farewell='Thank you for calling Blue River Bicycles. Goodbye.'

# start_openai SCENARIO-JSON: the simulator, its port of plain HTTP in $openai_port.
start_openai() {
  printf '%s\n' "$1" >"$work/openai.json"
  start openai "$simulator" --scenario "$work/openai.json" --log "$work/openai.jsonl"
  expect 30 "the simulated OpenAI has ports" says "$work/openai.log" '"http":[0-9]+'
  openai_port=$(sed -n 's/.*"http":\([0-9]*\).*/\1/p' "$work/openai.log")
}
# start_ai_agent MEMBERS: of the agent, as JSON with a comma in front: `, "sessions": [...]`.
start_ai_agent() {
  agent_config "$work/agent.base.json" 6001
  sed '$ s/}$//' "$work/agent.base.json" >"$work/agent.json"
  cat >>"$work/agent.json" <<JSON
 , "providers": {"openai": {"kind": "openai", "api_key": "secret-1001-key", "base_url": "http://127.0.0.1:$openai_port/v1"}},
 "agent": {"provider": "openai", "prompt": "You are the receptionist of a bicycle shop.", "greeting": "$greeting"${1:-}}}
JSON
  start agent "$offhook" run --config "$work/agent.json"
  agent_pid=$pid
  expect 30 "the agent is registered" registered 6001
}
# ai_call STEP...: a call by tests/caller through Kamailio, its report in $work/report.json, its recording in $work/call.wav.
ai_call() {
  "$caller_program" --registrar "127.0.0.1:$registrar_port" --call "sip:6001@127.0.0.1:$registrar_port" --wav "$work/call.wav" --limit 80 "$@" \
    >"$work/report.json" 2>"$work/caller.err" || die "the caller: $(cat "$work/caller.err" "$work/report.json")"
}
# hears PATTERN...: each was heard by the caller, by recognising their own recording of the other side.
hears() {
  local pattern
  [ -e "$work/heard" ] || "$offhook" hear --replies --channel 1 "$work/call.wav" >"$work/heard" 2>&1
  for pattern in "$@"; do says "$work/heard" "$pattern" || die "the caller did not hear \"$pattern\" but: $(cat "$work/heard")"; done
}
reports() { says "$work/report.json" "$1" || die "the caller's report has no $1: $(cat "$work/report.json")"; }
