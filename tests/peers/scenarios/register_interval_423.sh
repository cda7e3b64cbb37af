# RFC 3261 section 10.2.8: 423 with Min-Expires. The agent registers again with that interval.
start_kamailio MIN_EXPIRES=1000 MAX_EXPIRES=2000
start_agent 6001
