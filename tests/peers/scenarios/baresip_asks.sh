# A telephone asks for the opening hours through Kamailio. The agent understands the question, and the telephone hears the reply and hangs up.
. "$here/question.sh"
question 8000
says "$work/agent.log" 'call.over .*by=them' || die "the agent's log does not say that the caller hung up"
