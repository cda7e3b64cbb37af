# A cascade with a server that has OpenAI's interfaces: its transcription gets whole turns, and its responses interface replies and uses the tool.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "goodbye"], "replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "goodbye", "text": "'"$farewell"'", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
start_ai_agent ', "sessions": [{"kind": "cascade", "provider": "house"}]' ', "house": {"kind": "openai_compatible", "api": "responses",
  "base_url": "http://127.0.0.1:'"$openai_port"'/v1", "models": {"chat": "small", "transcription": "ear", "speech": "mouth"}}'
sentence open 'We are open from nine in the morning to six in the evening,'
sentence goodbye 'Goodbye.'
ai_call wait "say:when are you open" wait "say:goodbye" wait:15000
heard_whole open goodbye
reports '"ended_by":"them"'
for endpoint in transcription responses speech; do simulated '"endpoint":"'$endpoint'"'; done
says "$work/openai.jsonl" '"endpoint":"chat"|"handshake"' && die "the agent also used an interface other than responses"
expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"heard":"when are you open"' '"name":"hang_up","done":true'
