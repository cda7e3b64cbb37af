# Linphone asks for the opening hours through Kamailio. The agent understands the question; the telephone hears the reply, holds the call, resumes it,
# and hangs up.
. "$here/linphone.sh"
taken_back() { grep 'call\.media' "$work/agent.log" | tail -n 1 | grep -q 'sends=true'; }
start_kamailio
start_agent 6001
say_wav "$work/question.wav" 8000 6500 17000 "what are your opening hours"
linphone_folder caller
start_linphone caller
linphone "soundcard use files"
linphone "register sip:6002@127.0.0.1:$registrar_port sip:127.0.0.1:$registrar_port secret-6002"
expect "the telephone is registered" registered 6002
linphone "record $work/heard.wav"
linphone "play $work/question.wav"
linphone "call sip:6001@127.0.0.1:$registrar_port"
expect "the call is up" says "$work/agent.log" 'call\.up'
expect "the question is understood" says "$work/agent.log" 'intent=opening_hours'
expect "the reply was given" says "$work/agent.log" 'call.agent_said .*We are open'
linphone "pause"
expect "we are on hold" says "$work/agent.log" 'call.media .*sends=false'
expect "the telephone has our answer" says "$work/caller.log" 'is now paused'
linphone "resume 1"
expect "we are taken back" taken_back
linphone "terminate"
expect "the call is over" says "$work/agent.log" 'call.over .*by=them'
linphone "quit"
"$offhook" hear --replies "$work/heard.wav" >"$work/heard.txt" 2>&1
says "$work/heard.txt" 'nine' || die "the telephone did not hear the reply: $(tail -n 1 "$work/heard.txt")"
