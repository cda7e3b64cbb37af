# Realtime returns 429 with a minute to wait, which is too long during a call. The cascade answers.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open"], "replies": [{"when": "open", "text": "'"$hours"'"}],
  "endpoints": {"realtime": {"faults": [{"kind": "status", "status": 429, "code": "rate_limit_exceeded", "retry_after": 60}], "repeat": true}}}'
start_ai_agent
sentence hello "$hello"
sentence open 'We are open from nine in the morning to six in the evening,'
ai_call wait "say:when are you open" wait silence:300 hangup
heard_whole hello open
expect "the record names the provider that took over" has_record '"troubles":\[.*"why":"[^"]*answered 429[^"]*","from":"openai/realtime","to":"cascade' '"end":\{"by":"caller"'
