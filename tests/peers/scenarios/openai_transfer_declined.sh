# The caller declines the transfer. The agent calls no destination, the model gets the result, and the conversation continues.
. "$here/openai.sh"
start_kamailio
stays='Then I help you myself. What is it about?'
start_openai '{"heard": ["connect me please", "no"], "replies": [
  {"when": "connect", "text": "I connect you.", "calls": [{"name": "transfer", "arguments": {"destination": "sales"}}]},
  {"when": "nothing was done", "text": "'"$stays"'"}]}'
start_ai_agent ', "tools": ["hang_up", {"name": "transfer", "confirm": "caller", "destinations": {"sales": "6003"}}]'
sentence question 'Shall I connect you to sales?'
sentence stays "$stays"
ai_call wait "say:connect me please" silence:11000 "say:no" wait:15000 silence:300 hangup
heard_whole question stays
[ "$(gap question stays)" -gt 0 ] || die "the caller did not hear the question before the refusal's answer: $(cat "$work/report.json")"
simulated 'Nothing was done: the caller said no'
says "$work/kamailio.log" '6003' && die "the agent called the target although the caller declined: $(grep 6003 "$work/kamailio.log" | head -n 1)"
expect "the record has the events of this call" has_record '"name":"transfer","done":false,"refused":true' '"end":\{"by":"caller"'
