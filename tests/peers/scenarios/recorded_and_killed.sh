# The agent is killed during a call. The recording plays up to the last second. If it is encrypted, Offhook reports the missing end, and opens it.
printf '%064d\n' 7 >"$work/recording.key"
start_kamailio
say_wav "$work/question.wav" 8000 0 60000 "when are you open"

# killed_in_a_call EXTENSION RECORDINGS: an agent with this extension records a call, and is killed during the call. Sets $file to the recording.
killed_in_a_call() {
  agent_too="\"recordings\": {\"enabled\": true, \"folder\": \"$work/$1\"$2}" agent_sip='' agent_http=''
  start_agent "$1"
  baresip_folder "caller$1" "9$1" "$work/question.wav"
  start_baresip "caller$1" "/dial sip:$1@127.0.0.1:$registrar_port"
  expect "the call is answered" says "$work/caller$1.log" 'Call established'
  sleep 6  # the duration of the recording
  kill -KILL "$agent_pid"
  expect "the agent is gone" gone "$agent_pid"
  file=$(find "$work/$1" -type f)
  [ "$(wc -l <<<"$file")" = 1 ] && [ -s "$file" ] || die "there is not exactly one recording with content, but: $file"
}

killed_in_a_call 6001 ', "format": "wav", "key": "${file:'$work/recording.key'}"'
"$offhook" recording check "$file" --key-file "$work/recording.key" >"$work/check" 2>&1 && die "offhook recording check accepts a recording without its end: $(cat "$work/check")"
says "$work/check" 'end is missing|--cut' || die "offhook check gives another problem: $(cat "$work/check")"
"$offhook" recording open "$file" --cut --out "$work/cut.wav" --key-file "$work/recording.key" >"$work/open" 2>&1 || die "offhook recording open fails: $(cat "$work/open")"
frames=$((($(stat -c %s "$work/cut.wav") - 44) / 4))
[ "$frames" -ge $((16000 * 4)) ] || die "the opened recording has only $frames samples, although the call lasted six seconds"

killed_in_a_call 6003 ', "format": "opus"'
needs_program opusinfo opus-tools
needs_program opusdec opus-tools
opusinfo "$file" >"$work/opusinfo.txt" 2>&1
says "$work/opusinfo.txt" 'EOS not set' || die "opusinfo does not report the missing end of the recording"
[ "$(grep -cE 'WARNING|ERROR' "$work/opusinfo.txt")" = 1 ] || die "opusinfo reports more than the missing end: $(grep -E 'WARNING|ERROR' "$work/opusinfo.txt" | head -n 3)"
opusdec --quiet --rate 16000 --force-wav "$file" "$work/decoded.wav" >"$work/opusdec.log" 2>&1 || die "opusdec cannot decode the recording"
frames=$((($(stat -c %s "$work/decoded.wav") - 44) / 4))
[ "$frames" -ge $((16000 * 4)) ] || die "opusdec decodes only $frames samples, although the call lasted six seconds"
"$offhook" hear "$work/decoded.wav" --channel 0 >"$work/left" 2>&1
says "$work/left" 'open' || die "the left channel does not have the caller's words: $(cat "$work/left")"
