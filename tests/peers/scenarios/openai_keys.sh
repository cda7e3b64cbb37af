# Keys in both directions (RFC 4733): the model answers the caller's keys. It announces that it will press keys, and then presses them with its tool.
. "$here/openai.sh"
start_kamailio
number='You want bicycle number forty two. I press the keys for you.'
start_openai '{"replies": [
  {"when": "42", "text": "'"$number"'", "calls": [{"name": "send_digits", "arguments": {"digits": "5#"}}]},
  {"when": "being pressed", "text": "One more moment."}, {"text": "I did not understand your number."}]}'
start_ai_agent ', "tools": ["hang_up", {"name": "send_digits", "keys": ["5#"]}]'
sentence number "$number"
ai_call wait "press:42#" wait:15000 silence:2500 hangup
heard_whole number
reports '"digits":"5#"'
expect "the record has the events of this call" has_record '"kind":"digits"' '"digits_received":"\*\*\*?"' '"digits_sent":"\*\*"'
