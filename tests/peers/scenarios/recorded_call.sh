# A recorded call: the caller hears the notice first, /calls shows the recording, and the record names a complete, encrypted file with mode 600.
. "$here/recorded.sh"
start_kamailio
agent_too=$with_recordings
start_agent 6001
expect "/readyz says that recordings can be written" ready 200 '"recordings":\{"state":"writing","calls":0\}'
start_recorded_call
expect "/metrics counts the current recording" shows /metrics '^offhook_recordings 1$'
end_recorded_call
[ "$(stat -c %a "$file")" = 600 ] || die "other users may read the recording"
grep -qa RIFF "$file" && die "the recording is not encrypted"
"$offhook" recording open "$file" --out "$work/call.wav" --key-file "$work/recording.key" >"$work/open" 2>&1 || die "offhook recording open fails: $(cat "$work/open")"
"$offhook" hear "$work/call.wav" --channel 0 >"$work/left" 2>&1
says "$work/left" 'goodbye' || die "the left channel does not have the caller's words: $(cat "$work/left")"
"$offhook" calls --folder "$work/records" "$(record | sed 's/.*"id":"\([a-z0-9]*\)".*/\1/')" >"$work/shown" 2>&1
says "$work/shown" "recording +${file##*/}" || die "offhook calls ID does not name the recording: $(cat "$work/shown")"
shows /metrics '^offhook_recordings_ended_total 1$' || die "/metrics does not count the ended recording: $(page /metrics | grep offhook_recordings)"
shows /metrics '^offhook_calls_total\{direction="in",outcome="answered"\} 1$' || die "/metrics does not count the call: $(page /metrics | grep offhook_calls_total)"
grep -rlE '0{63}7' "$work"/agent*.log && die "the key of the recordings is in the agent's log"
true
