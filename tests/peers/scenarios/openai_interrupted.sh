# The caller interrupts a long answer. The agent stops, tells the model how much of the answer the caller heard, and answers the new question.
. "$here/openai.sh"
snow='And from ten to two on Saturday. We are closed on Sunday, on holidays, and when it snows.'
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "open", "text": "'"$hours $snow"'"},
  {"when": "shop", "text": "'"$address"'"}]}'
start_ai_agent
sentence snow "$snow"
sentence address "$address"
ai_call wait "say:when are you open" "interrupt:1500:where is your shop" wait silence:300 hangup
heard_whole address
heard_not snow
silenced=$(sed -n 's/.*"silenced_ms":\([0-9]*\).*/\1/p' "$work/report.json")
[ "${silenced:-9999}" -lt 700 ] || die "the agent continued to speak for ${silenced:-too many} ms after the caller began to speak: $(cat "$work/report.json")"
says "$work/openai.jsonl" 'truncate' || die "the agent did not tell the model how much of the answer the caller heard"
expect "the record says that the caller interrupted the answer" has_record '"interrupted_at_ms":' '"end":\{"by":"caller"'
