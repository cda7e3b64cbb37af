brief_agent
start_kamailio
start_agent 6001
# The caller sends the digital milliwatt of ITU-T G.711: a tone of 1 kHz, eight octets per period.
for ((i = 0; i < 1000; ++i)); do printf '\x1e\x0b\x0b\x1e\x9e\x8b\x8b\x9e'; done >"$work/caller.ulaw"
run_sipp call_with_rtp "$agent_sip"
# Checks the record of the call (docs/records.md).
expect "the record says that the caller hung up" has_record '"type":"call"' '"direction":"in"' '"end":\{"by":"caller","cause":"hung up"' \
  '"codec":\{"name":"PCMU","rtp_clock_hz":8000' '"packets_sent":[1-9]' '"packets_received":[1-9]' '"kind":"opening"' '"answered":"20'
