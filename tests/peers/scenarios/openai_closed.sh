# The socket is closed with 1011 in the middle of a sentence: another one says the rest, by the same provider.
. "$here/openai.sh"
start_kamailio
rest='Until six in the evening from Monday to Friday.'
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "fault of the line", "text": "'"$rest"'"}, {"when": "shop", "text": "'"$address"'"},
  {"when": "open", "text": "'"$hours"'", "fault": {"kind": "close", "status": 1011, "after_bytes": 60000}}]}'
start_ai_agent
sentence rest "$rest"
sentence address "$address"
ai_call wait "say:when are you open" silence:8000 "say:where is your shop" wait silence:300 hangup
heard_whole rest address
says "$work/openai.jsonl" '"endpoint":"chat"' && die "the cascade was asked, though Realtime was there"
simulated '"session":2'
expect 3 "the caller hung up" has_record '"end":\{"by":"caller"'
