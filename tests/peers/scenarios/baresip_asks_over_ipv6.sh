# The question of baresip_asks, with all SIP messages and all audio over IPv6.
. "$here/question.sh"
use_ipv6
question 8000
says "$work/agent.log" 'call.up .*codec=PCMU' || die "the call did not use PCMU"
