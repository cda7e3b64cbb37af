# Calls to an agent with the simulated OpenAI. For the scenarios openai_*.
. "$here/sentences.sh"
simulator=$build/tests/services/offhook_openai_sim
hello='Hello, this is Blue River Bicycles.'
help='How can I help you?'
greeting="$hello $help"  # The agent speaks its two sentences separately.
hours='We are open from nine in the morning to six in the evening, Monday to Friday.'
address='You find us at twelve Harbor Street, next to the train station.'
farewell='Thank you for calling Blue River Bicycles. Goodbye.'


# --- the simulated OpenAI and the agent --------------------------------------------------------------------------------------
# start_openai SCENARIO-JSON: starts the simulator. Its HTTP port is in $openai_port.
start_openai() {
  printf '%s\n' "$1" >"$work/openai.json"
  start openai "$simulator" --scenario "$work/openai.json" --log "$work/openai.jsonl"
  expect "the simulated OpenAI has ports" says "$work/openai.log" '"http":[0-9]+'
  openai_port=$(sed -n 's/.*"http":\([0-9]*\).*/\1/p' "$work/openai.log")
}
# ai_config MEMBERS [PROVIDERS]: writes the agent's configuration. MEMBERS are JSON members of the agent, after a comma: `, "sessions": [...]`.
# PROVIDERS are further providers in the same form.
ai_config() {
  own_agent
  agent_config "$work/agent.base.json" 6001
  sed '$ s/}$//' "$work/agent.base.json" >"$work/agent.json"
  cat >>"$work/agent.json" <<JSON
 , "providers": {"openai": {"kind": "openai", "api_key": "secret-1001-key", "base_url": "http://127.0.0.1:$openai_port/v1"}${2:-}},
 "agent": {"provider": "openai", "prompt": "You are the receptionist of a bicycle shop.", "greeting": "$greeting"${1:-}}}
JSON
}
start_ai_agent() {
  ai_config "$@"
  start agent "$offhook" run --config "$work/agent.json"
  agent_pid=$pid
  expect_of "$agent_pid" agent "the agent is registered" registered 6001
}
# simulated PATTERN: checks that a line of the simulator's log matches. simulated_count PATTERN: prints the number of matching lines.
simulated() { says "$work/openai.jsonl" "$1" || die "the log of the simulated OpenAI has no line that matches: $1"; }
simulated_count() { grep -cE -- "$1" "$work/openai.jsonl"; }

# --- the caller, and what it heard -------------------------------------------------------------------------------------------
# ai_call STEP...: makes a call with tests/caller through Kamailio. The report goes to $work/report.json, and the recording to $work/call.wav.
ai_call() {
  "$caller_program" --registrar "127.0.0.1:$registrar_port" --call "sip:6001@127.0.0.1:$registrar_port" --wav "$work/call.wav" --limit 80 \
    "${sentences[@]}" "$@" >"$work/report.json" 2>"$work/caller.err" </dev/null &
  echo $! >>"$work/started"
  wait $! || die "the calling program failed: $(cat "$work/caller.err" "$work/report.json")"
}
reports() { says "$work/report.json" "$1" || die "the caller's report has no $1: $(cat "$work/report.json")"; }

# first_said: prints the start and the end of the caller's first sentence, one per line. first_said_ms: prints its duration.
first_said() { tr '{' '\n' <"$work/report.json" | sed -n '/"step":"[^"]/,$ s/.*"at_ms":\([0-9]*\).*"step":.*/\1/p' | head -n 2; }
first_said_ms() { first_said | paste -s | awk '{ print $2 - $1 }'; }
# longest_pause NAME: prints the agent's longest silence in ms between the end of the caller's first sentence and the sentence NAME.
longest_pause() {
  local from to
  from=$(first_said | tail -n 1)
  to=$(found "$1" at_ms)
  sed -n 's/.*"voiced_ms":\[\[\([^]]*\(\],\[[^]]*\)*\)\]\].*/\1/p' "$work/report.json" | sed 's/\],\[/\n/g' | awk -F, -v at="${from:-0}" -v to="$to" '
    $2 <= at { next }
    $1 > to + 200 { exit }
    { if ($1 - at > most) most = $1 - at; at = $2 }
    END { print int(most) }'
}
# level CHANNEL FROM-MS TO-MS: prints the mean magnitude of the samples in this part of the call's recording.
level() {
  local rate
  rate=$(od -An -tu4 -j24 -N4 "$work/call.wav")
  od -An -v -td2 -w4 -j$((44 + $2 * rate / 1000 * 4)) -N$((($3 - $2) * rate / 1000 * 4)) "$work/call.wav" |
    awk -v channel="$1" '{ v = $(channel + 1); sum += v < 0 ? -v : v } END { print int(sum / NR) }'
}
