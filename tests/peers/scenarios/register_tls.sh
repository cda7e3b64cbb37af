brief_agent
start_all_over_tls
start_agent 6001
says "$work/kamailio.log" 'registered 6001 at .*transport=tls' || die "its Contact does not say transport=tls"
