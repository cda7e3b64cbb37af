# Recordings that a reload switches on begin with the next call: with the key, the folder and the notice that the reload brings.
printf '%064d\n' 7 >"$work/recording.key"
chmod 600 "$work/recording.key"
. "$here/sentences.sh"
notice='We are open on Saturday.'
start_kamailio
start_agent 6001
expect "nothing is recorded" ready 200 '"recordings":\{"state":"off","calls":0\}'
agent_too='"recordings": {"enabled": true, "folder": "'$work/recordings'", "format": "wav", "key": "${file:'$work/recording.key'}",
  "notice": "'$notice'"}'
agent_config "$work/agent.json" 6001
kill -HUP "$agent_pid"
expect "recordings are ready" ready 200 '"recordings":\{"state":"writing","calls":0\}'
expect "all of it is taken over" says "$work/agent.log" 'config\.reloaded'
says "$work/agent.log" 'config\.waits_for_restart' && die "the log says that something waits: $(grep waits_for_restart "$work/agent.log")"
sentence notice "$notice"
sentence hello 'Hello, this is Blue River Bicycles.'
say_wav "$work/goodbye.wav" 8000 9000 30000 "thank you goodbye"
baresip_folder caller 6002 "$work/goodbye.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is up" says "$work/caller.log" 'Call established'
expect "the call is shown as one that is recorded" shows /calls '"recording":"recording"'
expect "the agent hung up" says "$work/caller.log" 'session closed'
telephone_heard caller notice hello
[ "$(gap notice hello)" -ge 0 ] || die "the caller was not told first: $(cat "$work/report.json")"
expect "the record names the recording" has_record '"recording":\{"file":"[0-9]{8}T[0-9]{6}Z-[a-z0-9]+\.wav\.sealed"\}'
file=$work/recordings/$(record | sed 's/.*"recording":{"file":"\([^"]*\)".*/\1/')
expect "the file is ended" says "$work/agent.log" "recording.ended .*file=${file##*/}"
"$offhook" recording check "$file" --key-file "$work/recording.key" >"$work/check" 2>&1 || die "the recording is not whole: $(cat "$work/check")"
