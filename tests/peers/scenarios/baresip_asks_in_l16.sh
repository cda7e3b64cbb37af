codecs="l16 g711"
agent_too='"media": {"codecs": ["L16", "PCMU"]}'
. "$here/question.sh"
question 16000
says "$work/agent.log" 'call.up .*codec=L16' || die "the call was not in L16"
says "$work/caller.log" 'decoder: L16 16000Hz 1ch' || die "baresip's decoder has another sample rate or number of channels than the agent"
