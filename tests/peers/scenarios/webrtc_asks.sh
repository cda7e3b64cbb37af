# The media of a browser: SIP.js, with libwebrtc, opens a WebSocket to the agent and calls it with ICE, DTLS-SRTP and Opus. It holds the call, resumes it by
# an ICE restart, and asks for the opening hours. webrtc_asks-called: the agent calls SIP.js through Kamailio. libwebrtc has no candidate on loopback.
. "$here/sentences.sh"
needs_network libwebrtc
web_phone_script=webrtc.mjs
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
say_wav "$work/question.wav" 16000 9000 17000 "what are your opening hours"
opening_hours
sound=(--play "$work/question.wav" --record "$work/heard.wav" --hold 4500)
if [ "${1:-}" = called ]; then
  start_kamailio_web
  agent_sip_too='"srtp": "required", "srtp_keys": "dtls", "ice": "offer"' agent_transport=ws
  start_web_phone phone --server "ws://127.0.0.1:$registrar_port/ws" --user 1001 --password secret-1001 "${sound[@]}"
  phone=$pid
  expect "SIP.js is registered" registered 1001
  agent_config "$work/agent.json" 6001
  start agent "$offhook" call 1001 --register --config "$work/agent.json"
  succeeded "$phone" phone
else
  start_kamailio
  agent_takes_web_sockets
  start_agent 6001
  web_phone phone --server "ws://127.0.0.1:$web_port/" --user 1001 --call 6001 "${sound[@]}"
fi
expect "the call is over" says "$work/agent.log" 'call.over .*by=them'
understood opening_hours
search_in "$work/heard.wav"
[ "${1:-}" = called ] || heard_whole hello
opening_hours_heard
encrypted 'by DTLS'
path_was 'ICE, host to '
says "$work/agent.log" 'call.media .*sends=false' || die "SIP.js did not put the agent on hold"
