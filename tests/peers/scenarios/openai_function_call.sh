# The model writes a note while the agent speaks a sentence. The next reply takes 1.5 s, but the caller hears no pause, as the agent still speaks.
. "$here/openai.sh"
start_kamailio
moment='One moment please, I write down all that you have told me about your bicycle.'
noted='It is written down. What else can I do for you?'
start_openai '{"heard": ["please take a message"], "replies": [
  {"when": "message", "text": "'"$moment"'", "calls": [{"name": "note", "arguments": {"text": "Call back about the red bicycle."}}]},
  {"when": "written down", "text": "'"$noted"'", "response_ms": 1500}]}'
start_ai_agent ', "tools": ["hang_up", "note"]'
sentence moment "$moment"
sentence noted "$noted"
ai_call wait "say:please take a message" wait:15000 silence:300 hangup
heard_whole moment noted
[ "$(gap moment noted)" -lt 700 ] || die "the caller heard nothing for $(gap moment noted) ms: $(cat "$work/report.json")"
expect "the record has the note" has_record '"notes":\[\{"text":"Call back about the red bicycle."\}' '"name":"note","done":true'
