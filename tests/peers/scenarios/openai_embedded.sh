# A cascade of the embedded recogniser, OpenAI's chat and the embedded voice. No audio leaves the machine.
. "$here/openai.sh"
start_kamailio
start_openai '{"replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "shop", "text": "'"$address"'"},
  {"when": "goodbye", "text": "'"$farewell"'", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
start_ai_agent ', "sessions": [{"kind": "cascade", "listen": "local", "think": "openai", "speak": "local"}]'
sentence hello "$hello"
sentence hours 'We are open from nine in the morning to six in the evening,'
sentence address 'You find us at twelve Harbor Street,'
sentence goodbye 'Goodbye.'
ai_call wait "say:when are you open" wait "say:where is your shop" wait "say:goodbye" wait:15000
heard_whole hello hours address goodbye
reports '"ended_by":"them"'
says "$work/openai.jsonl" 'audio/|realtime' && die "audio was sent to the simulated OpenAI: $(grep -E 'audio/|realtime' "$work/openai.jsonl" | head -n 1)"
expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"heard":"when are you open"' '"said":"You find us'
