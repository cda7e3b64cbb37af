# Realtime refuses the key. The cascade answers instead.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "when are you open"], "replies": [{"when": "open", "text": "'"$hours"'"}],
  "endpoints": {"realtime": {"faults": [{"kind": "status", "status": 401, "code": "invalid_api_key"}], "repeat": true}}}'
start_ai_agent
sentence hello "$hello"
sentence open 'We are open from nine in the morning to six in the evening,'
ai_call wait "say:when are you open" wait silence:300 hangup
heard_whole hello open
expect "the record names the provider that took over" has_record '"troubles":\[.*"why":"[^"]*answered 401[^"]*","from":"openai/realtime","to":"cascade' '"end":\{"by":"caller"'
