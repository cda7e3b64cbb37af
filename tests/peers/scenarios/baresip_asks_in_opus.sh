codecs="opus g711"
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
. "$here/question.sh"
question 48000
says "$work/agent.log" 'call.up .*codec=opus' || die "the call was not in Opus"
