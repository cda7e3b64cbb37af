codecs="opus g711"
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
# The search needs baresip's recording at 16 kHz, the rate of the agent's audio. The RTP format is always opus/48000/2.
baresip_too=("opus_samplerate 16000" "opus_stereo no" "opus_inbandfec yes")
. "$here/question.sh"
question 16000
says "$work/agent.log" 'call.up .*codec=opus' || die "the call was not in Opus"
