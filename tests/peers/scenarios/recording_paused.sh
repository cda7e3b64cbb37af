# The operator pauses a recording over the health port. The file has no speech of the pause, but has the speech after the pause.
start_kamailio
agent_too='"recordings": {"enabled": true, "folder": "'$work/recordings'", "format": "wav"}'
start_agent 6001
# The telephone's file has words at 4 s, and other words 8 s later.
say_wav "$work/first.wav" 8000 4000 6500 "where are you"
say_wav "$work/second.wav" 8000 0 30000 "thank you goodbye"
{ head -c 44 "$work/second.wav"; tail -c +45 "$work/first.wav"; tail -c +45 "$work/second.wav"; } >"$work/both.wav"
baresip_folder caller 6002 "$work/both.wav"
post() {  # post PATH: prints the agent's response to POST PATH
  local wire
  exec {wire}<>"/dev/tcp/127.0.0.1/$agent_http" || return 1
  printf 'POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n' "$1" >&"$wire"
  timeout 5 cat <&"$wire"
  exec {wire}>&-
}
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "/calls shows that the call is recorded" shows /calls '"recording":"recording"'
id=$(page /calls | grep -oE '"id":"[a-z0-9]+"' | head -n 1 | cut -d '"' -f 4)
says <(post "/calls/none/recording/pause") '^HTTP/1.1 404 ' || die "the request to pause the recording of an unknown call did not get 404"
says <(post "/calls/$id/recording/pause") '"recording":"paused"' || die "the recording is not paused: $(post "/calls/$id/recording/pause")"
shows /calls '"recording":"paused"' || die "/calls does not show the pause"
expect "the log has the words that the caller says during the pause" says "$work/agent.log" 'where are you'
says <(post "/calls/$id/recording/resume") '"recording":"recording"' || die "the recording does not continue after the resume request"
expect "the agent hung up" says "$work/caller.log" 'session closed'
expect "the record has the recording and the length of its pause" has_record '"recording":\{"file":"[^"]*","paused_by_operator_ms":[0-9]{4,}\}'
expect "the log reports the end of the recording" says "$work/agent.log" "recording.ended"
"$offhook" hear "$work"/recordings/*.wav --channel 0 >"$work/left" 2>&1
says "$work/left" 'goodbye' || die "the recording does not have the words after the pause: $(cat "$work/left")"
says "$work/left" 'where' && die "the recording has the words of the pause: $(cat "$work/left")"
says "$work/agent.log" 'recording\.paused .*by=operator' || die "the log does not say that the operator paused the recording"
