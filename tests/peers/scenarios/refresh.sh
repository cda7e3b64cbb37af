# The registrar grants 10 s. Within 12 s, the agent must have registered again, before the expiry.
brief_agent
start_kamailio MAX_EXPIRES=10
start_agent 6001
twice() { [ "$(grep -c 'peers: registered 6001 ' "$work/kamailio.log")" -ge 2 ]; }
within 12 twice || die "no second REGISTER of 6001 within 12 s"
