# The socket to Realtime breaks in the middle of a sentence. The cascade continues the call.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "open", "text": "'"$hours"'", "fault": {"kind": "drop", "after_bytes": 2000}},
  {"when": "shop", "text": "'"$address"'"}], "endpoints": {"realtime": {"faults": [{"kind": "none"}, {"kind": "status", "status": 503}], "repeat": true}}}'
start_ai_agent
sentence address 'You find us at twelve Harbor Street,'
ai_call wait "say:when are you open" silence:11000 "say:where is your shop" wait silence:300 hangup
heard_whole address
expect "the record names the provider that took over" has_record '"troubles":\[.*"from":"openai/realtime","to":"cascade'
