# The agent requires SRTP, and refuses the call of a telephone without it.
agent_sip_too='"srtp": "required"'
brief_agent
start_all_over_tls
start_agent 6001
say_wav "$work/question.wav" 8000 0 0 "hello"
baresip_folder caller 6002 "$work/question.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the agent refuses the call" says "$work/caller.log" '488 Not Acceptable'
says "$work/agent.log" 'call.refused .*it has no SRTP, which this side requires' || die "the log does not give the reason why the agent refused the call"
