codecs="opus g711"
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
# The agent's audio has 16 kHz, and the search needs baresip's recording at this rate. The RTP format is opus/48000/2 in any case.
baresip_too=("opus_samplerate 16000" "opus_stereo no" "opus_inbandfec yes")
. "$here/question.sh"
question 16000
says "$work/agent.log" 'call.up .*codec=opus' || die "the call was not in Opus"
