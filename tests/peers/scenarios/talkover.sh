# talkover-FROM-TO: the speaking model of the provider FROM dies in the middle of its first sentence. The model of the provider TO continues the
# sentence or repeats it: the caller hears the whole answer, and the following answers. TO may be `cascade`: a cascade of OpenAI's three parts.
. "$here/families.sh"
from=$1 to=$2
start_kamailio
next='{"kind": "realtime", "provider": "'"$to"'"}' took_over=$to/realtime
[ "$to" != cascade ] || { to=openai took_over='cascade[^"]*' next='{"kind": "cascade", "listen": "openai", "think": "openai", "speak": "openai"}'; }
# The new model gets the audio of the caller's last turn again.
for family in "$from" "$to"; do
  speed=8
  [ "$family" = "$to" ] || speed=1  # speed 1 is real time, so that the model dies before it has sent the whole sentence
  case $family in
    deepgram)
      first=$end
      [ "$family" = "$to" ] || first="$open $end"
      simulate deepgram '{"heard": '"$heard_in_whole_call"', "speed": '$speed', "replies": ["'"$first"'", "'"$street"'", {"say": "Thank you for calling. Goodbye.", "call": "hang_up"}]}'
      ;;
    *)
      simulate "${family/azure/azure_model}" '{"heard": '"$heard_in_whole_call"', "speed": '$speed', "replies": [{"when": "cut you off", "text": "'"$end"'"}, {"when": "open", "text": "'"$open $end"'"},
        {"when": "shop", "text": "'"$street"'"}, {"when": "goodbye", "text": "Thank you for calling. Goodbye.", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
      ;;
  esac
done
families_config ', "tools": ["hang_up"], "sessions": [{"kind": "realtime", "provider": "'"$from"'"}, '"$next"']'
sentence hello "$hello"
sentence end "$end"
sentence street "$street"
sentence goodbye 'Goodbye.'
from_sim=${from/azure/azure_model}
from_pid=${from_sim}_pid
(
  until grep -qE '"what":"(answer|response|spoken|audio)"' "$work/$from_sim.jsonl" && grep -q 'We are open' "$work/$from_sim.jsonl"; do sleep 0.05; done
  sleep 1.7  # now the model is in the middle of the sentence
  kill -KILL "${!from_pid}"
  touch "$work/killed"
) &
ai_call wait "say:when are you open" wait silence:2500 wait silence:300 "say:where is your shop" wait silence:300 "say:goodbye" wait:15000
[ -e "$work/killed" ] || die "the test did not break the first model"
heard_whole hello end street goodbye
[ "$(longest_pause end)" -lt 3000 ] || die "the caller waited for $(longest_pause end) ms: $(cat "$work/report.json")"
[ "$(gap end street)" -gt 0 ] || die "the caller did not hear the answers in order: $(cat "$work/report.json")"
reports '"ended_by":"them"'
expect "the record has the failover and the call's end" has_record '"end":\{"by":"agent","cause":"goodbye"' "\"from\":\"$from/realtime\"" "\"to\":\"$took_over\""
