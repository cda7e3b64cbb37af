# The registrar loses its registrations in a restart, which the agent cannot detect. The agent registers again within /sip/refresh_seconds.
brief_agent
agent_sip_too='"refresh_seconds": 10'
start_kamailio
start_agent 6001
stop "$kamailio_pid"
mv "$work/kamailio.log" "$work/kamailio-before.log"
start_kamailio
within 15 registered 6001 || die "no REGISTER of 6001 within 15 s of the registrar's restart"
grep -q 'peers: registered 6001 ' "$work/kamailio-before.log" || die "the agent was not registered before"
