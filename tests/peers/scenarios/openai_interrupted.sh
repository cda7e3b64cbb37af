# The caller speaks into a long answer: it stops, the model forgets what was not heard, and answers what was asked then.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "open", "text": "'"$hours"' And from ten to two on Saturday. We are closed on Sunday, on holidays, and when it snows."},
  {"when": "shop", "text": "'"$address"'"}]}'
start_ai_agent
ai_call wait "say:when are you open" "interrupt:1500:where is your shop" wait silence:300 hangup
hears 'harbor street'
says "$work/heard" 'snows|closed on sunday' && die "the caller heard what they had interrupted: $(cat "$work/heard")"
silenced=$(sed -n 's/.*"silenced_ms":\([0-9]*\).*/\1/p' "$work/report.json")
[ "${silenced:-9999}" -lt 700 ] || die "it went on for ${silenced:-too many} ms after the caller began to speak: $(cat "$work/report.json")"
says "$work/openai.jsonl" 'truncate' || die "the model was not told how much was heard"
expect "the record says that it was interrupted" has_record '"interrupted_at_ms":' '"end":\{"by":"caller"'
