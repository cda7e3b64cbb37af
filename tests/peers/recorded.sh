# A call that the agent records encrypted, after a notice: 6002 calls 6001 and says goodbye.
. "$here/sentences.sh"
printf '%064d\n' 7 >"$work/recording.key"
chmod 600 "$work/recording.key"
notice='We are open on Saturday.'
with_recordings='"recordings": {"enabled": true, "folder": "'$work/recordings'", "format": "wav", "key": "${file:'$work/recording.key'}",
  "notice": "'$notice'"}'
# start_recorded_call: starts the call, and waits until /calls shows that the agent records it.
start_recorded_call() {
  sentence notice "$notice"
  sentence hello 'Hello, this is Blue River Bicycles.'
  say_wav "$work/goodbye.wav" 8000 9000 30000 "thank you goodbye"
  baresip_folder caller 6002 "$work/goodbye.wav"
  start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
  expect "the call is answered" says "$work/caller.log" 'Call established'
  expect "/calls shows that the call is recorded" shows /calls '"recording":"recording"'
}
# end_recorded_call: checks that the caller heard the notice before the greeting, and that the recording is complete. Sets $file to its path.
end_recorded_call() {
  expect "the agent hung up" says "$work/caller.log" 'session closed'
  telephone_heard caller notice hello
  [ "$(gap notice hello)" -ge 0 ] || die "the caller did not hear the notice before the greeting: $(cat "$work/report.json")"
  expect "the record names the recording" has_record '"recording":\{"file":"[0-9]{8}T[0-9]{6}Z-[a-z0-9]+\.wav\.sealed"\}'
  file=$work/recordings/$(record | sed 's/.*"recording":{"file":"\([^"]*\)".*/\1/')
  expect "the log reports the end of the recording" says "$work/agent.log" "recording.ended .*file=${file##*/}"
  "$offhook" recording check "$file" --key-file "$work/recording.key" >"$work/check" 2>&1 || die "offhook recording check does not accept the recording: $(cat "$work/check")"
}
