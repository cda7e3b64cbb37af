# The media of a browser: SIP.js, with libwebrtc, opens a WebSocket to the agent and calls it with ICE, DTLS-SRTP and Opus. It holds the call, resumes it,
# and asks for the opening hours. libwebrtc has no candidate on loopback.
. "$here/sentences.sh"
hostname -I | grep -q '[0-9]' || absent "libwebrtc needs an address on a network for ICE, and this machine has only loopback"
start_kamailio
free_ports web_port
agent_sip_too="\"web_socket\": {\"port\": $web_port, \"origins\": [\"*\"]}, \"accept_from\": \"anyone\""
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
start_agent 6001
say_wav "$work/question.wav" 16000 9000 17000 "what are your opening hours"
opening_hours
web_phone_script=webrtc.mjs
web_phone phone --server "ws://127.0.0.1:$web_port/" --user 1001 --call 6001 --play "$work/question.wav" --record "$work/heard.wav" --hold 4500
expect "the call is over" says "$work/agent.log" 'call.over .*by=them'
says "$work/agent.log" 'call.understood .*intent=opening_hours' || die "the agent did not understand opening_hours"
search_in "$work/heard.wav"
heard_whole hello
opening_hours_heard
expect "the record says what encrypted the call" has_record '"encryption":"SRTP A[A-Z0-9_]*, keys by DTLS"'
has_record '"path":"ICE, host to [a-z]*"' || die "the record does not say which path the audio took: $(record)"
says "$work/agent.log" 'call.media .*sends=false' || die "the agent was not put on hold"
