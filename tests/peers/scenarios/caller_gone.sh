# The caller hangs up, and the gateway signals this only by the busy tone of the United Kingdom: 400 Hz, 375 ms on and 375 ms off.
for ((i = 0; i < 150; ++i)); do printf '\xca\xb2\xa9\xa3\xa0\xa0\xa3\xa9\xb2\xca\x4a\x32\x29\x23\x20\x20\x23\x29\x32\x4a'; done >"$work/busy.ulaw"
head -c 3000 /dev/zero | tr '\0' '\377' >>"$work/busy.ulaw"
agent_too='"media": {"hang_up_tone": "GB"}'
start_kamailio
start_agent 6001
name=caller_gone file=$here/sipp/caller_gone.flow
flow_xml
run_sipp caller_gone "$agent_sip"
expect "the record says why the agent hung up" has_record '"direction":"in"' '"end":\{"by":"agent","cause":"network tone"' '"tones":\[\{"name":"busy"\}\]'
