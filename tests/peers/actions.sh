# actions MEMBERS: makes a call with an interruption, keys in both directions, a note, and a goodbye. MEMBERS are JSON members of the agent's
# configuration, which define its cascade. For the scenarios openai_*_actions.
actions() {
  local number='You want bicycle number forty two.' end='We are closed on Sunday when it snows.' noted='I have written that down.'
  start_kamailio
  start_openai '{"heard": ["when are you open", "where is your shop", "goodbye"], "replies": [
    {"when": "open", "text": "We are open from nine in the morning to six in the evening. And from ten to two on Saturday. '"$end"'"},
    {"when": "shop", "text": "You find us next to the train station."},
    {"when": "42", "text": "'"$number"'", "calls": [{"name": "send_digits", "arguments": {"digits": "5#"}},
                                                   {"name": "note", "arguments": {"text": "Bicycle 42"}}]},
    {"when": "pressed", "text": "'"$noted"'"}, {"when": "written down", "text": "'"$noted"'"},
    {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
  start_ai_agent ', "tools": ["hang_up", {"name": "send_digits", "keys": ["5#"]}, "note"]'"$1"
  sentence hello "$hello"
  sentence end "$end"
  sentence station 'You find us next to the train station.'
  sentence number "$number"
  sentence noted "$noted"
  sentence goodbye 'Goodbye.'
  ai_call wait "say:when are you open" "interrupt:1500:where is your shop" wait "press:42#" wait silence:1500 "say:goodbye" wait:15000
  heard_whole hello station number noted goodbye
  heard_not end
  [ "$(gap number noted)" -lt 1500 ] || die "the caller heard nothing for $(gap number noted) ms after the tools: $(cat "$work/report.json")"
  reports '"digits":"5#"'
  reports '"ended_by":"them"'
  expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"said":"We are open from nine[^.]*",[^}]*"interrupted_at_ms":' '"notes":\[\{"text":"Bicycle' \
    '"digits_received":"\*\*' '"digits_sent":"\*\*"'
}
