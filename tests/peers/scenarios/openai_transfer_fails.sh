# The target of the transfer does not exist. Kamailio returns 404, baresip reports this, and the agent continues the call with the caller.
. "$here/openai.sh"
start_kamailio
sorry='I am sorry, nobody is there. What else can I do for you?'
start_openai '{"heard": ["connect me please"], "replies": [
  {"when": "connect", "text": "I connect you.", "calls": [{"name": "transfer", "arguments": {"destination": "sales"}}]},
  {"when": "transfer failed", "text": "'"$sorry"'"}]}'
start_ai_agent ', "tools": ["hang_up", {"name": "transfer", "destinations": {"sales": "6003"}}]'
say_wav "$work/please.wav" 8000 6000 12000 "connect me please"
baresip_folder caller 6002 "$work/please.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "Kamailio gets a call for a telephone that is not registered" says "$work/kamailio.log" 'nobody is registered as 6003'
expect "the record has the failed transfer and the caller's hang-up" has_record '"transfer":\{"target":"[^"]*6003[^"]*","status":404\}' '"end":\{"by":"caller"'
sentence sorry "$sorry"
search_in "$(find "$work/caller/heard" -name '*-dec.wav' -size +20k | sort | head -n 1)"
heard_whole sorry
