# question RATE [START]: makes a call in which baresip asks for the opening hours, and checks both sides. For the scenarios baresip_asks*. The
# function START starts the registrar (start_kamailio by default). $baresip_account has further parameters of baresip's account.
question() {
  . "$here/sentences.sh"
  "${2:-start_kamailio}"
  start_agent 6001
  say_wav "$work/question.wav" "$1" 6500 17000 "what are your opening hours"
  opening_hours
  baresip_folder caller 6002 "$work/question.wav" "${baresip_account:-}"
  start_baresip caller "/dial sip:6001@$loopback_host:$registrar_port"
  expect "the call is answered" says "$work/caller.log" 'Call established'
  expect "the call is over" says "$work/caller.log" 'terminated'
  understood opening_hours
  telephone_heard caller hello
  opening_hours_heard
}
