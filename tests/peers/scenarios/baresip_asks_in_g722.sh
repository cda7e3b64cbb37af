codecs="g722 g711"
. "$here/question.sh"
question 16000
says "$work/agent.log" 'call.up .*codec=G722' || die "the call was not in G.722"
