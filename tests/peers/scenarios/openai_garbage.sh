# The model's socket sends garbage between the frames of a reply. The agent skips the garbage, and the caller hears the whole sentence.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop", "goodbye"], "replies": [
  {"when": "open", "text": "'"$hours"'", "fault": {"kind": "garbage", "after_bytes": 5000}},
  {"when": "shop", "text": "'"$address"'", "fault": {"kind": "broken_json", "after_bytes": 5000}},
  {"when": "goodbye", "text": "'"$farewell"'", "fault": {"kind": "broken_base64", "after_bytes": 5000}, "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
start_ai_agent
sentence hours "$hours"
sentence address "$address"
sentence farewell "$farewell"
ai_call wait "say:when are you open" wait "say:where is your shop" wait "say:goodbye" wait:15000
heard_whole hours address farewell
for kind in garbage broken_json broken_base64; do simulated '"kind":"'$kind'"'; done
expect "the model hung up" has_record '"end":\{"by":"agent","cause":"goodbye"'
