# Three instances behind Kamailio's dispatcher, configured as in packaging/kamailio. Kamailio distributes calls by load, even calls that arrive at the
# same instant. During calls, the test kills one instance and drains another. The callers of the other instances must hear no gap, and new calls must
# go to the remaining instance. When the killed instance is started again, it gets calls again.
needs_program kamailio kamailio
. "$here/openai.sh"
free_ports registrar_port
free_ports pbx
for i in 1 2 3; do free_ports "sip_$i" && free_ports "http_$i"; done
printf '1 sip:127.0.0.1:%s\n' "$sip_1" "$sip_2" "$sip_3" >"$work/dispatcher.list"
mkdir -p "$work/kamailio"
start kamailio kamailio -f "$top/packaging/kamailio/kamailio.cfg" -l "udp:127.0.0.1:$registrar_port" -l "tcp:127.0.0.1:$registrar_port" \
  -A 'PASSWORD="secret-6001"' -A 'PBX_ADDRESS="127.0.0.1"' -A "PBX_URI=\"sip:127.0.0.1:$pbx\"" -A "INSTANCES=\"$work/dispatcher.list\"" -A ASK_EVERY=1 \
  -dd -DD -E -m 32 -M 4 -P "$work/kamailio/pid" -w "$work/kamailio" -Y "$work/kamailio"
expect "Kamailio listens on $registrar_port" kamailio_answers

# instance I: starts the instance I, and waits until it is ready. ${agents[I]} is its process id.
agents=()
instance() {
  local sip=sip_$1 http=http_$1
  agent_sip=${!sip} agent_http=${!http}
  agent_config "$work/agent-$1.json" 6001
  sed -i -e "s|\"drain_seconds\": 3|\"drain_seconds\": 120, \"calls\": 10, \"silence_seconds\": 600|" -e "s|/records\"|/records-$1\"|" "$work/agent-$1.json"
  start "agent-$1" "$offhook" run --config "$work/agent-$1.json"
  agents[$1]=$pid
  expect "instance $1 is ready" ready 200
}
has_calls() { local http=http_$1; agent_http=${!http} ready "$3" "\"calls\":$2,"; }  # has_calls INSTANCE COUNT STATUS

# caller NAME [PORT]: makes a call through Kamailio, or directly to PORT, in the background, and waits until the call is answered. ${callers[NAME]} is
# the process id of its SIPp, and ${held_by[NAME]} the number of the instance that answered.
declare -A callers held_by
caller() {
  local file=$here/sipp/dispatched.flow name=$1 contact i sip
  flow_xml -v proxied=1
  free_ports ours && free_ports theirs 6  # Not in the subshell below, because then two calls could choose the same ports.
  (run_sipp "$name" "${2:-$registrar_port}" -p "$ours" -mp "$theirs" "${@:3}") &
  callers[$1]=$!
  started+=("$!")
  echo "$!" >>"$work/started"
  expect "the call $1 is answered" says "$work/$1-messages.log" '^ACK '
  contact=$(received "$1" | awk '/^SIP\/2.0 200/ {on = 1} on && /^Contact:/ {print; exit}')
  for i in 1 2 3; do
    sip=sip_$i
    [[ $contact != *"127.0.0.1:${!sip}"* ]] || held_by[$1]=$i
  done
  [ -n "${held_by[$1]:-}" ] || die "the Contact of the call $1 belongs to no instance of the agent: $contact"
}
# goes_well NAME: waits for the end of the call NAME, and checks that SIPp ended it without an error.
goes_well() {
  expect "the call $1 is over" gone "${callers[$1]}"
  wait "${callers[$1]}" || die "the call $1, held by instance ${held_by[$1]}, failed: $(sipp_says "$1")"
}

for i in 1 2 3; do instance "$i"; done
for i in 1 2 3; do
  sip=sip_$i
  sip-options --all --contact='sip:127.0.0.1:*' "sip:6001@127.0.0.1:${!sip}" >"$work/options-$i" 2>&1 || die "instance $i does not answer OPTIONS"
  says "$work/options-$i" '^X-Offhook-Load: calls=0;limit=10;load=0\.' || die "instance $i does not report its load in the 200 to OPTIONS"
done
# Makes three calls at the same instant, before any instance can report its new load. Each call must go to a different instance, even if several
# processes of Kamailio choose at the same time. Repeats the round if an instance reported its load between the calls.
at_once() {
  local name=at_once_$1 file=$work/at_once.flow log=$work/kamailio.log first sip i
  sed 's/pause 25000/pause 1500/' "$here/sipp/dispatched.flow" >"$file"
  flow_xml -v proxied=1
  for i in 1 2 3; do
    sip=sip_$i first=$(wc -l <"$log")
    expect "instance $i reports to Kamailio that it has no call" eval 'tail -n +'"$((first + 1))"' "$log" | grep -q "offhook: sip:127.0.0.1:${!sip} says calls=0;"'
  done
  first=$(wc -l <"$log")
  run_sipp "$name" "$registrar_port" -m 3 -l 3 -r 1000
  tail -n +$((first + 1)) "$log" | sed -n 's/.*offhook: .* goes to \(sip:[^,]*\), whose load is \([0-9]*\)$/\1 \2/p; s/.*offhook: sip:.* says .*/says/p' |
    awk '$1 != "says" {seen = 1} $1 == "says" && seen && chosen < 3 {between = 1} $1 != "says" {++chosen; twice += had[$1]++} END {if (chosen != 3) exit 1; if (between) exit 2; exit twice > 0}'
  case $? in
    0) instants=$((instants + 1)) ;;
    1) die "Kamailio did not send three simultaneous calls to three instances: $(tail -n +$((first + 1)) "$log" | grep -E 'goes to|comes back')" ;;
  esac
}
instants=0
for round in 1 2 3 4 5 6; do
  [ "$instants" = 3 ] || at_once "$round"
done
[ "$instants" -ge 1 ] || die "in no round did three calls arrive before an instance reported its load"
for i in 1 2 3; do expect "instance $i has no call" has_calls "$i" 0 200; done

# Instance 1 gets two calls directly, of which Kamailio learns only from the instance's report.
for name in one two; do caller "$name" "$sip_1"; done
expect "Kamailio has got the load of instance 1" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 says calls=2;limit=10;load=0\."
for name in three four five six; do caller "$name"; done
for i in 1 2 3; do has_calls "$i" 2 200 || die "Kamailio did not send two of six calls to each instance: ${held_by[*]}"; done

# Three callers with speech at the same time: each hears the greeting, asks, hears the answer, is silent for a while, and asks another question.
sentence help "$help"  # The search looks for the second sentence, because the caller's jitter buffer still adapts during the first sentence.
sentence place 'You find us at twelve Harbor Street, next to the train station.'
sentence hours 'We are open from nine in the morning to six in the evening, Monday to Friday, and from ten to two on Saturday.'
declare -A talkers
for name in ann bob cem; do
  "$caller_program" --registrar "127.0.0.1:$registrar_port" --extension 6001 --call "sip:6001@127.0.0.1:$registrar_port" --wav "$work/$name.wav" --limit 80 \
    "${sentences[@]}" wait "say:when are you open" wait silence:2000 "say:where is your shop" wait:9000 silence:500 hangup >"$work/$name.json" 2>"$work/$name.err" </dev/null &
  talkers[$name]=$!
  started+=("$!")
  echo "$!" >>"$work/started"
done
for i in 1 2 3; do expect "instance $i has one of the calls with speech" has_calls "$i" 3 200; done

kill -KILL "${agents[1]}"
kill -TERM "${agents[2]}"
expect "instance 2 drains, and is not ready" has_calls 2 3 503
for name in "${!talkers[@]}"; do
  if gone "${talkers[$name]}"; then die "the caller $name has already ended its call, so the test cannot check the kill and the drain"; fi
done
expect "Kamailio no longer sends calls to the instance that drains" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_2 is out"
for name in seven eight nine; do
  caller "$name"
  [ "${held_by[$name]}" = 3 ] || die "the call $name went to instance ${held_by[$name]}, which was killed or drains"
done
has_calls 3 6 200 || die "instance 3 does not have six calls: ${held_by[*]}"
expect "Kamailio no longer sends calls to the instance that was killed" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 is out"
gone "${agents[2]}" && die "instance 2 did not wait for its calls"
sip-options --all --contact='sip:127.0.0.1:*' "sip:6001@127.0.0.1:$sip_2" >"$work/options-draining" 2>&1 || true
says "$work/options-draining" '^SIP/2\.0 503 ' || die "an OPTIONS to the draining instance did not get 503, but $(head -n 1 "$work/options-draining")"
says "$work/options-draining" '^Retry-After: 5' || die "the 503 of the draining instance has no Retry-After of 5"

instance 1
expect "Kamailio sends calls again to the instance that was killed and restarted" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 is back"
caller ten
[ "${held_by[ten]}" = 1 ] || die "the call ten went to instance ${held_by[ten]}, not to the restarted instance 1"

for name in "${!callers[@]}"; do
  [ "${held_by[$name]}" = 1 ] && [ "$name" != ten ] || goes_well "$name"
done
# Each instance had one call with speech, and one instance was killed. The other two callers must have heard every word, and hung up themselves.
whole=0
for name in "${!talkers[@]}"; do
  expect "the call of $name is over" gone "${talkers[$name]}"
  cp "$work/$name.json" "$work/report.json"
  (heard_whole help hours place && reports '"ended_by":"us"') || continue
  whole=$((whole + 1))
done
[ "$whole" = 2 ] || die "two of the three speaking callers were not on the killed instance, but $whole of the three heard every word: $(cat "$work"/{ann,bob,cem}.json)"
expect "instance 2 has ended after its last call" gone "${agents[2]}"
code=0
wait "${agents[2]}" || code=$?
[ "$code" = 0 ] || die "the drained instance ends with exit code $code"
expect "instance 3 has no call left" has_calls 3 0 200
