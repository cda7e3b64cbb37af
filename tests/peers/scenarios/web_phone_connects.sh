# SIP.js opens a WebSocket to the agent itself and calls it. The agent hangs up. The Contact of SIP.js has no address, so the BYE must use the same
# WebSocket.
start_kamailio
agent_takes_web_sockets
start_agent 6001
web_phone asks --server "ws://127.0.0.1:$web_port/" --user 1001 --options --call 6001 --hang-up-after 2
start_web_phone phone --server "ws://127.0.0.1:$web_port/" --user 1001 --call 6001 --expect-bye
phone=$pid
expect "the call is answered" says "$work/phone.log" '^established'
expect "the agent has answered the call" says "$work/agent.log" 'call.up'
kill -TERM "$agent_pid"
succeeded "$phone" phone
