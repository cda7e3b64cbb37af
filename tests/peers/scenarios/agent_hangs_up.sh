# The caller says goodbye; the agent says goodbye and hangs up.
. "$here/sentences.sh"
start_kamailio
start_agent 6001
say_wav "$work/goodbye.wav" 8000 6500 30000 "thank you goodbye"
sentence goodbye 'Goodbye.'
baresip_folder caller 6002 "$work/goodbye.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "the agent hung up" says "$work/caller.log" 'session closed'
expect "the agent says that it hung up" says "$work/agent.log" 'call.over .*by=us'
telephone_heard caller goodbye
expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"kind":"speech".*"heard":"[a-z ]*goodbye' '"intent":"' \
  '"response_ms":[0-9]' '"packets_received":[1-9]'
"$offhook" calls --folder "$work/records" "$(record | sed 's/.*"id":"\([a-z0-9]*\)".*/\1/')" >"$work/shown" 2>&1
says "$work/shown" 'caller +[a-z ]*goodbye' || die "offhook calls ID does not show the conversation: $(cat "$work/shown")"
