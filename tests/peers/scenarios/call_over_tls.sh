# The agent does not listen on TLS. The registrar calls it over the connection that the agent has opened. The agent's Contact names this connection.
. "$here/question.sh"
question 8000 start_all_over_tls
says "$work/kamailio.log" 'registered 6001 at <sip:6001@127\.0\.0\.1:[0-9]+;transport=tls' || die "the agent's Contact has no port with transport=tls"
says "$work/kamailio.log" 'registered 6001 at .*:5061' && die "the agent's Contact names port 5061, on which it does not listen"
says "$work/agent.log" 'call.over .*by=them' || die "the agent's log does not say that the caller hung up"
