# The socket closes with 1011 in the middle of a sentence. Another socket to the same provider speaks the rest.
. "$here/openai.sh"
start_kamailio
rest='Until six in the evening from Monday to Friday.'
start_openai '{"heard": ["when are you open"], "replies": [
  {"when": "broke your reply off", "text": "'"$rest"'"},
  {"when": "open", "text": "'"$hours"'", "fault": {"kind": "close", "status": 1011, "after_bytes": 10000}}]}'
start_ai_agent
sentence rest "$rest"
ai_call wait "say:when are you open" silence:8000 hangup
heard_whole rest
says "$work/openai.jsonl" '"endpoint":"chat"' && die "the agent used the cascade, although Realtime works"
simulated '"session":2'
expect "the caller hung up" has_record '"end":\{"by":"caller"'
