# The agent does not listen on TLS. The registrar calls it over the connection that the agent has opened. The agent's Contact names this connection.
. "$here/question.sh"
question 8000 start_all_over_tls
says "$work/kamailio.log" 'registered 6001 at <sip:6001@127\.0\.0\.1:[0-9]+;transport=tls' || die "its Contact names no port over TLS"
says "$work/kamailio.log" 'registered 6001 at .*:5061' && die "its Contact names a port that nobody listens on"
says "$work/agent.log" 'call.over .*by=them' || die "the agent does not know that the caller hung up"
