# The agent continues to work after any input: noise, truncated messages, absurd lengths, empty datagrams.
brief_agent
start_kamailio
start_agent 6001
wire_open
sip_request "$work/options" OPTIONS garbage wire-3 1
: >"$work/empty"
printf '\r\n\r\n' >"$work/keepalive"
head -c 1400 /dev/urandom >"$work/noise"
head -c 60000 /dev/zero >"$work/zeros"
head -c 60000 /dev/zero | tr '\0' 'A' >"$work/letters"
head -c 100 "$work/options" >"$work/cut"
sed 's/^CSeq:.*/CSeq: 99999999999999999999 OPTIONS\r/' "$work/options" >"$work/cseq"
sed 's/^Content-Length:.*/Content-Length: 4294967296\r/' "$work/options" >"$work/length"
sed 's/^Via:.*/Via: SIP\/2.0\/UDP [::1;branch=\r/' "$work/options" >"$work/via"
{ head -n 2 "$work/options"; for ((i = 0; i < 1500; ++i)); do printf 'X-%d: y\r\n' "$i"; done; tail -n +3 "$work/options"; } >"$work/headers"
{ printf 'SIP/2.0 200 OK\r\n'; tail -n +2 "$work/options"; } >"$work/stray"
wire_send "$work"/{empty,keepalive,noise,zeros,letters,cut,cseq,length,via,headers,stray}
for ((i = 1; i < 400; i += 7)); do head -c "$i" "$work/options" >"$work/prefix"; wire_send "$work/prefix"; done
wire_read 1 >/dev/null
gone "$agent_pid" && die "the agent has ended unexpectedly"
run_sipp options "$agent_sip"
run_sipp bye_481 "$agent_sip"
