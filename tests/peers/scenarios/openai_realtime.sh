# A model that hears and speaks answers two questions and a goodbye, and hangs up with its tool.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop", "goodbye"], "replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "shop", "text": "'"$address"'"},
  {"when": "goodbye", "text": "'"$farewell"'", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
start_ai_agent
sentence hello "$hello"
sentence help "$help"
sentence hours "$hours"
sentence address "$address"
sentence farewell "$farewell"
ai_call wait "say:when are you open" wait "say:where is your shop" wait "say:goodbye" wait:15000
heard_whole hello help hours address farewell
reports '"ended_by":"them"'
expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"heard":"where is your shop"' '"name":"hang_up","done":true'
