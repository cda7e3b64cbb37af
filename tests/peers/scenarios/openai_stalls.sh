# The model stops sending in the middle of a sentence, and Realtime does not recover. Within seconds, the cascade speaks the rest of the sentence.
. "$here/openai.sh"
start_kamailio
rest='Until six in the evening from Monday to Friday.'
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "fault of the line", "text": "'"$rest"'"}, {"when": "shop", "text": "'"$address"'"},
  {"when": "open", "text": "'"$hours"'", "fault": {"kind": "stall", "after_bytes": 10000}}],
  "endpoints": {"realtime": {"faults": [{"kind": "none"}, {"kind": "status", "status": 503}], "repeat": true}}}'
start_ai_agent
sentence rest "$rest"
sentence street 'You find us at twelve Harbor Street,'
ai_call wait "say:when are you open" silence:12500 "say:where is your shop" wait silence:300 hangup
heard_whole rest street
[ "$(found rest at_ms)" -lt 18000 ] || die "the caller heard the rest of the sentence only at $(found rest at_ms) ms: $(cat "$work/report.json")"
expect "the record has the failover from Realtime to the cascade" has_record '"troubles":\[.*"from":"openai/realtime","to":"cascade' '"end":\{"by":"caller"'
