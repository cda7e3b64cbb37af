# A recorded call: the caller is told first; it is shown while it is up; its record names a file that is whole, encrypted and nobody else's.
printf '%064d\n' 7 >"$work/recording.key"
chmod 600 "$work/recording.key"
. "$here/sentences.sh"
notice='We are open on Saturday.'
start_kamailio
agent_too='"recordings": {"enabled": true, "folder": "'$work/recordings'", "format": "wav", "key": "${file:'$work/recording.key'}",
  "notice": "'$notice'"}'
start_agent 6001
expect "recordings are ready" ready 200 '"recordings":\{"state":"writing","calls":0\}'
sentence notice "$notice"
sentence hello 'Hello, this is Blue River Bicycles.'
say_wav "$work/goodbye.wav" 8000 9000 30000 "thank you goodbye"
baresip_folder caller 6002 "$work/goodbye.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is up" says "$work/caller.log" 'Call established'
expect "the call is shown as one that is recorded" shows /calls '"recording":"recording"'
expect "it is counted" shows /metrics '^offhook_recordings 1$'
expect "the agent hung up" says "$work/caller.log" 'session closed'
telephone_heard caller notice hello
[ "$(gap notice hello)" -ge 0 ] || die "the caller was not told first: $(cat "$work/report.json")"
expect "the record names the recording" has_record '"recording":\{"file":"[0-9]{8}T[0-9]{6}Z-[a-z0-9]+\.wav\.sealed"\}'
file=$work/recordings/$(record | sed 's/.*"recording":{"file":"\([^"]*\)".*/\1/')
expect "the file is ended" says "$work/agent.log" "recording.ended .*file=${file##*/}"
[ "$(stat -c %a "$file")" = 600 ] || die "others may read the recording"
grep -qa RIFF "$file" && die "the recording is not encrypted"
"$offhook" recording check "$file" --key-file "$work/recording.key" >"$work/check" 2>&1 || die "the recording is not whole: $(cat "$work/check")"
"$offhook" recording open "$file" --out "$work/call.wav" --key-file "$work/recording.key" >"$work/open" 2>&1 || die "it cannot be opened: $(cat "$work/open")"
"$offhook" hear "$work/call.wav" --channel 0 >"$work/left" 2>&1
says "$work/left" 'goodbye' || die "the caller is not on the left: $(cat "$work/left")"
"$offhook" calls --folder "$work/records" "$(record | sed 's/.*"id":"\([a-z0-9]*\)".*/\1/')" >"$work/shown" 2>&1
says "$work/shown" "recording +${file##*/}" || die "offhook calls ID does not name the recording: $(cat "$work/shown")"
shows /metrics '^offhook_recordings_ended_total 1$' || die "not counted: $(page /metrics | grep offhook_recordings)"
shows /metrics '^offhook_calls_total\{direction="in",outcome="answered"\} 1$' || die "the call is not counted: $(page /metrics | grep offhook_calls_total)"
grep -rlE '0{63}7' "$work"/agent*.log && die "the key stands in the agent's log"
true
