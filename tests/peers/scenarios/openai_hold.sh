# The model puts the caller on hold for three seconds. The caller hears quiet music meanwhile. Then the agent tells the model that the caller is back.
. "$here/openai.sh"
start_kamailio
hold='I have to ask my colleague, so I put you on hold.'
back='I am back. You can have the bicycle tomorrow.'
start_openai '{"heard": ["is my bicycle ready"], "replies": [
  {"when": "bicycle", "text": "'"$hold"'", "calls": [{"name": "hold", "arguments": {"seconds": 3}}]},
  {"when": "on hold", "text": "Please stay on the line."}, {"when": "back from a hold", "text": "'"$back"'"}]}'
start_ai_agent ', "tools": ["hang_up", "hold"]'
sentence hold "$hold"
sentence stay "Please stay on the line."
sentence back "$back"
ai_call wait "say:is my bicycle ready" wait silence:7000 hangup
heard_whole hold stay back
[ "$(gap stay back)" -ge 3000 ] || die "the hold lasted for only $(gap stay back) ms: $(cat "$work/report.json")"
held_at=$(found stay ends_ms)
music=$(level 1 $((held_at + 700)) $((held_at + 2700)))
[ "$music" -ge 100 ] && [ "$music" -le 2000 ] || die "the music on hold has the level $music, which is not between 100 and 2000: $(cat "$work/report.json")"
reports '"held":\[\{"at_ms":[0-9]+,"receives":[a-z]+,"sends":false\},\{"at_ms":[0-9]+,"receives":true,"sends":true\}\]'
expect "the record has the events of this call" has_record '"name":"hold","done":true' '"end":\{"by":"caller"'
