codecs="l16 g711"
agent_too='"media": {"codecs": ["L16", "PCMU"]}'
baresip_account=';audio_codecs=L16/8000/1,PCMU'
. "$here/question.sh"
question 8000
says "$work/agent.log" 'call.up .*codec=L16' || die "the call was not in L16"
says "$work/caller.log" 'decoder: L16 8000Hz 1ch' || die "baresip's decoder has another sample rate or number of channels than the agent"
