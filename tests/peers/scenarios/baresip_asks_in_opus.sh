codecs="opus g711"
agent_too='"media": {"codecs": ["opus", "PCMU"]}'
# Ports of ours speak at 16 kHz, and its recording shall be one that we can recognise; on the wire it is opus/48000/2 all the same.
baresip_too=("opus_samplerate 16000" "opus_stereo no" "opus_inbandfec yes")
. "$here/question.sh"
question 16000
says "$work/agent.log" 'call.up .*codec=opus' || die "the call was not in Opus"
