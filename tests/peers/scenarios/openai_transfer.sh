# A transfer that the caller accepts by a key. The caller hears the whole sentence and then the question, and presses the key. Only then does the
# agent send REFER. The caller's baresip calls the second telephone through Kamailio, and hears it.
. "$here/openai.sh"
start_kamailio
connect='I connect you with our sales department.'
start_openai '{"heard": ["connect me please"], "replies": [
  {"when": "connect", "text": "'"$connect"'", "calls": [{"name": "transfer", "arguments": {"destination": "sales"}}]}]}'
start_ai_agent ', "tools": ["hang_up", {"name": "transfer", "confirm": "caller", "destinations": {"sales": "6003"}}]'
say_wav "$work/sales.wav" 8000 500 8000 "this is the sales department of the bicycle shop"
baresip_folder sales 6003 "$work/sales.wav" ';answermode=auto'
start_baresip sales
expect "the second telephone is registered" registered 6003
say_wav "$work/please.wav" 8000 6000 60000 "connect me please"
baresip_folder caller 6002 "$work/please.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
telephone=$pid
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "the agent has asked the caller about the transfer" says "$work/agent.log" 'call.tool .*what=asked'
sleep 9  # The caller does not agree yet.
says "$work/kamailio.log" 'goes to .*6003' && die "the agent transferred the call before the caller agreed"
console=$(sed -n 's/^cons_listen 127.0.0.1://p' "$work/caller/config")
printf 1 >"/dev/udp/127.0.0.1/$console"
sleep 0.2  # the duration of the key
printf '\004' >"/dev/udp/127.0.0.1/$console"  # releases the key
expect "Kamailio gets a call for the second telephone" says "$work/kamailio.log" 'goes to .*6003'
expect "the second telephone is in the call" says "$work/sales.log" 'Call established'
expect "the record has the target of the transfer" has_record '"end":\{"by":"agent","cause":"transferred"' '"transfer":\{"target":"[^"]*6003[^"]*","status":200\}'
sleep 4  # Meanwhile baresip records the second telephone for the check below.
stop "$telephone"
mapfile -t recordings < <(find "$work/caller/heard" -name '*-dec.wav' -size +1k | sort)
[ "${#recordings[@]}" = 2 ] || die "the caller has ${#recordings[@]} recordings, but should have one of each of two calls"
sentence connect "$connect"
sentence question 'Shall I connect you to sales?'
search_in "${recordings[0]}"
heard_whole connect question
[ "$(gap connect question)" -gt 0 ] || die "the caller heard the question before the sentence: $(cat "$work/report.json")"
sentences=(--look-for "sales=$work/sales.wav")
search_in "${recordings[1]}"
heard_whole sales
