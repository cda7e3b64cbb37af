# failover-STAGE-FROM-TO: the provider FROM fails in the middle of its work for the first turn, and does not recover. The provider TO continues in the
# same turn. The caller hears the whole answer (a new model continues after the last spoken word), and the following answers.
. "$here/families.sh"
stage=$1 from=$2 to=$3
case $stage in
  listen) listen="[\"$from\", \"$to\"]" think='"openai"' speak='"local"' families=("$from" "$to" openai) ;;
  think) listen='"local"' think="[\"$from\", \"$to\"]" speak='"local"' families=("$from" "$to") ;;
  speak) listen='"local"' think='"ollama"' speak="[\"$from\", \"$to\"]" families=("$from" "$to" ollama) ;;
esac
gone='[{"kind": "drop"}], "repeat": true' refused='[{"kind": "status", "status": 503}], "repeat": true'
case $stage-$from in
  # In a turn, the service receives half a second of the caller's voice, and then fails on every interface. An idle socket does not fail.
  listen-openai) openai_faults=', "endpoints": {"realtime": {"faults": [{"kind": "drop", "after_bytes": 4000}, {"kind": "status", "status": 503}], "repeat": true}, "transcription": {"faults": '$refused'}}' ;;
  listen-azure) azure_faults=', "doors": {"recognition_turns": {"faults": [{"kind": "drop", "after_ms": 500}], "repeat": true}, "short_audio": {"faults": '$refused'}}' ;;
  listen-flux) deepgram_faults=', "endpoints": {"flux": {"faults": [{"kind": "drop", "after_bytes": 8000}, {"kind": "status", "status": 503}], "repeat": true}, "turn": {"faults": '$refused'}}' ;;
  listen-deepgram) deepgram_faults=', "endpoints": {"listen": {"faults": [{"kind": "drop", "after_bytes": 8000}, {"kind": "status", "status": 503}], "repeat": true}, "turn": {"faults": '$refused'}}' ;;
  think-openai) openai_faults=', "endpoints": {"chat": {"faults": [{"kind": "drop", "after_bytes": 4000}], "repeat": true}}' ;;
  think-ollama | think-compatible) ollama_faults=', "endpoints": {"chat": {"faults": [{"kind": "drop", "after_bytes": 1500}], "repeat": true}}' ;;
  think-azure) azure_model_faults=', "endpoints": {"chat": {"faults": [{"kind": "drop", "after_bytes": 4000}], "repeat": true}}' ;;
  speak-*) printf -v "${from}_faults" %s ', "speed": 1' ;;  # real time, so that the test can kill the service in time
esac
street='You find us next to the train station.' closed='We are closed on Sunday when it snows.'
start_kamailio
simulate_all '["when are you open", "where is your shop", "goodbye"]' '[
  {"when": "open", "text": "We are open from nine in the morning to six in the evening, and from ten to two on Saturday. '"$closed"'"},
  {"when": "shop", "text": "'"$street"'"}, {"when": "cut you off", "text": "'"$closed"'"},
  {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]}]' "${families[@]}"
families_config ', "tools": ["hang_up"], "sessions": [{"kind": "cascade", "listen": '"$listen"', "think": '"$think"', "speak": '"$speak"'}]'
sentence hello "$hello"
sentence closed "$closed"
sentence street "$street"
sentence goodbye 'Goodbye.'
if [ "$stage" = speak ]; then
  pid_of=${from}_pid
  (
    # The caller has heard the first frame of the answer. FROM sends the rest of its six seconds in real time.
    until grep -q 'We are open' "$work/$from.jsonl" && shows /metrics '^offhook_reply_seconds_count [1-9]'; do sleep 0.05; done
    sleep 1  # now the service is in the middle of the sentence
    kill -KILL "${!pid_of}"
    touch "$work/killed"
  ) &
fi
ai_call wait "say:when are you open" wait silence:300 "say:where is your shop" wait silence:300 "say:goodbye" wait:15000
[ "$stage" != speak ] || [ -e "$work/killed" ] || die "the test did not break the voice"
heard_whole hello closed street goodbye
if [ "$stage" = listen ]; then
  expect "the recogniser failed while it received the caller's voice" says "$work/${from/flux/deepgram}.jsonl" \
    '"door":"(listen|flux|recognition_turns)","kind":"drop"|"door":"realtime","kind":"drop","octets":[1-9]'
fi
# Checks how much audio TO got for the first turn: all of the caller's speech with some silence after it, and not only the speech after the failure.
case $stage-$to in
  listen-azure) given='"audio_ms":\([0-9]*\).*"what":"end_of_audio"' ;;
  listen-openai) given='"audio_ms":\([0-9]*\).*"what":"end_of_turn"' ;;
  listen-deepgram | listen-flux) given='"audio_ms":\([0-9]*\).*"what":"heard"' ;;
  *) given='' ;;
esac
if [ -n "$given" ]; then
  given=$(sed -n "s/.*$given.*/\1/p" "$work/${to/flux/deepgram}.jsonl" | head -n 1)
  said=$(first_said_ms)
  [ "${given:-0}" -ge $((said + 200)) ] || die "$to got ${given:-0} ms of audio for a turn in which the caller spoke for $said ms"
fi
[ "$(longest_pause closed)" -lt 3000 ] || die "the caller waited for $(longest_pause closed) ms: $(cat "$work/report.json")"
[ "$(gap closed street)" -gt 0 ] || die "the caller did not hear the answers in order: $(cat "$work/report.json")"
reports '"ended_by":"them"'
expect "the record has the failover and the call's end" has_record '"end":\{"by":"agent","cause":"goodbye"' "\"from\":\"$from/$stage" "\"to\":\"$to/" '"heard":"when are you open"'
