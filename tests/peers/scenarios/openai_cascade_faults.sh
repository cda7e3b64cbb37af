# Each stage of a cascade fails once: the transcription with 500, the model with 429 and a Retry-After of one second, the voice with 503. The caller
# still hears each answer.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["", "when are you open", "where is your shop"], "replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "shop", "text": "'"$address"'"}], "endpoints": {
  "transcription": {"faults": [{"kind": "status", "status": 500}]},
  "chat": {"faults": [{"kind": "status", "status": 429, "retry_after": 1}]},
  "speech": {"faults": [{"kind": "none"}, {"kind": "none"}, {"kind": "status", "status": 503}]}}}'
start_ai_agent ', "sessions": [{"kind": "cascade", "provider": "house"}]' ', "house": {"kind": "openai_compatible",
  "base_url": "http://127.0.0.1:'"$openai_port"'/v1", "models": {"chat": "small", "transcription": "ear", "speech": "mouth"}}'
sentence open 'We are open from nine in the morning to six in the evening,'
sentence street 'You find us at twelve Harbor Street,'
ai_call wait "say:when are you open" wait silence:3000 "say:where is your shop" wait silence:300 hangup
heard_whole open street
[ "$(simulated_count '"fault":"status"')" = 3 ] || die "not all three faults took effect, but only: $(grep -c '"fault"' "$work/openai.jsonl")"
expect "the record says that the caller ended the call" has_record '"end":\{"by":"caller"' '"heard":"when are you open"'
