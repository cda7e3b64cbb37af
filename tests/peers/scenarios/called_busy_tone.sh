# A PBX in the United Kingdom signals a busy line only by its tone: 400 Hz, 375 ms on and 375 ms off.
for ((i = 0; i < 150; ++i)); do printf '\xca\xb2\xa9\xa3\xa0\xa0\xa3\xa9\xb2\xca\x4a\x32\x29\x23\x20\x20\x23\x29\x32\x4a'; done >"$work/busy.ulaw"
head -c 3000 /dev/zero | tr '\0' '\377' >>"$work/busy.ulaw"
agent_too='"media": {"country": "GB"}'
through=''
run_called_flow called_busy_tone "$here/sipp/called_busy_tone.flow" u1
expect "the record says that the busy tone refused the call" has_record '"cause":"refused 486"' '"tones":\[\{"name":"busy"\}\]' '"reason":"tone: busy"'
