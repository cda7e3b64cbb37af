# question RATE [START]: a call in which baresip asks when the shop is open, checked on both sides. For the scenarios baresip_asks*.
# START starts the registrar, and is start_kamailio by default. More parameters of baresip's account: $baresip_account.
question() {
  . "$here/sentences.sh"
  "${2:-start_kamailio}"
  start_agent 6001
  say_wav "$work/question.wav" "$1" 6500 17000 "what are your opening hours"
  opening_hours
  baresip_folder caller 6002 "$work/question.wav" "${baresip_account:-}"
  start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
  expect "the call is up" says "$work/caller.log" 'Call established'
  expect "the call is over" says "$work/caller.log" 'terminated'
  expect "the agent understood opening_hours" says "$work/agent.log" 'call.understood .*intent=opening_hours'
  telephone_heard caller hello
  opening_hours_heard
}
