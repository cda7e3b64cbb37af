# A recorded greeting: the telephone hears the file, and the record has the words that the configuration gives for it.
. "$here/sentences.sh"
start_kamailio
say_wav "$work/greeting.wav" 16000 0 0 "You are welcome. Is there anything else?"
own_agent
agent_too='"agent": {"dialogue": "'$here/shop.dialogue.json'", "greeting_file": "greeting.wav", "greeting": "Welcome, in a voice of flesh and blood."}'
start_agent 6001
sed 's/greeting\.wav/none.wav/' "$work/agent.json" >"$work/broken.json"
"$offhook" check --config "$work/broken.json" >"$work/check" 2>&1 && die "offhook check accepts a greeting file that does not exist"
says "$work/check" '/agent/greeting_file: found a file that cannot be used, none\.wav \(No such file or directory\)' || die "offhook check gives another problem: $(cat "$work/check")"
sentences+=(--look-for "greeting=$work/greeting.wav")
sentence goodbye 'Goodbye.'
say_wav "$work/goodbye.wav" 8000 5000 30000 "thank you goodbye"
baresip_folder caller 6002 "$work/goodbye.wav"
start_baresip caller "/dial sip:6001@127.0.0.1:$registrar_port"
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "the agent hung up" says "$work/caller.log" 'session closed'
telephone_heard caller greeting goodbye
[ "$(found greeting at_ms)" -lt 2000 ] || die "the caller did not hear the greeting file within 2 s: $(cat "$work/report.json")"
expect "the record has the words of the greeting file" has_record '"Welcome, in a voice of flesh and blood\."'
