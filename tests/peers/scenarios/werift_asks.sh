# werift asks for the opening hours over a WebSocket to the agent. Its ICE and DTLS-SRTP are pure JavaScript. It nominates several pairs of candidates, and
# uses the first of them even if the agent selects another.
. "$here/sentences.sh"
start_kamailio
agent_takes_web_sockets
start_agent 6001
say_wav "$work/question.wav" 8000 6500 17000 "what are your opening hours"
opening_hours
web_phone_script=werift.mjs
web_phone phone --server "ws://127.0.0.1:$web_port/" --user 1001 --call 6001 --play "$work/question.wav" --record "$work/heard.wav"
expect "the call is over" says "$work/agent.log" 'call.over .*by=them'
understood opening_hours
search_in "$work/heard.wav"
heard_whole hello
opening_hours_heard
encrypted 'by DTLS'
path_was 'ICE, host to '
