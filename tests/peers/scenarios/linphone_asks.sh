# Linphone asks for the opening hours through Kamailio. The agent understands the question; the telephone hears the reply, holds the call, resumes it,
# and hangs up. The words of the scenario's name select what Linphone uses: `sdes` (SRTP with keys in SDP, over TLS), `dtls` (DTLS-SRTP), `ice`.
. "$here/linphone.sh"
. "$here/sentences.sh"
taken_back() { grep 'call\.media' "$work/agent.log" | tail -n 1 | grep -q 'sends=true'; }
keys='' path='' start_registrar=start_kamailio
linphone_sip='' linphone_net=''
for word in "$@"; do
  case $word in
    sdes)
      start_registrar=start_all_over_tls
      linphone_sip+=$'media_encryption=srtp\nmedia_encryption_mandatory=1\nverify_server_cn=0\nroot_ca='$work/registrar.pem$'\n'
      keys='in SDP'
      ;;
    dtls)
      linphone_sip+=$'media_encryption=dtls\nmedia_encryption_mandatory=1\n'
      keys='by DTLS'
      ;;
    ice)
      needs_network Linphone
      linphone_net=$'nat_policy_ref=ice\n[nat_policy_0]\nref=ice\nprotocols=ice'
      path='ICE, host to '
      ;;
    *) die "this script does not know the word: $word" ;;
  esac
done
"$start_registrar"
start_agent 6001
proxy=sip:127.0.0.1:$registrar_port
[ -z "$tls_port" ] || proxy="<sip:127.0.0.1:$tls_port;transport=tls>"
say_wav "$work/question.wav" 8000 6500 17000 "what are your opening hours"
opening_hours
linphone_folder caller
start_linphone caller
linphone "soundcard use files"
linphone "register sip:6002@127.0.0.1:$registrar_port $proxy secret-6002"
expect "the telephone is registered" registered 6002
linphone "record $work/heard.wav"
linphone "play $work/question.wav"
linphone "call sip:6001@127.0.0.1:$registrar_port"
expect "the call is answered" says "$work/agent.log" 'call\.up'
understood opening_hours
expect "the agent has spoken the reply" says "$work/agent.log" 'call.agent_said .*We are open'
linphone "pause"
expect "the agent is on hold" says "$work/agent.log" 'call.media .*sends=false'
expect "Linphone has the agent's answer to the hold" says "$work/caller.log" 'is now paused'
linphone "resume 1"
expect "the agent is no longer on hold" taken_back
linphone "terminate"
expect "the call is over" says "$work/agent.log" 'call.over .*by=them'
linphone "quit"
search_in "$work/heard.wav"
heard_whole hello
opening_hours_heard
[ -z "$keys" ] || encrypted "$keys"
[ -z "$path" ] || path_was "$path"
