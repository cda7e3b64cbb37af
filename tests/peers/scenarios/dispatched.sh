# Three instances behind Kamailio's dispatcher, as packaging/kamailio has it: calls are spread by load; one instance is killed and one drained in the
# midst of calls, and nobody else's call is hurt; new calls go to the one that is left. An instance that comes back gets calls again.
free_ports registrar_port
free_ports pbx
for i in 1 2 3; do free_ports "sip_$i" && free_ports "http_$i"; done
printf '1 sip:127.0.0.1:%s\n' "$sip_1" "$sip_2" "$sip_3" >"$work/dispatcher.list"
mkdir -p "$work/kamailio"
start kamailio kamailio -f "$top/packaging/kamailio/kamailio.cfg" -l "udp:127.0.0.1:$registrar_port" -l "tcp:127.0.0.1:$registrar_port" \
  -A 'PASSWORD="secret-6001"' -A 'PBX_ADDRESS="127.0.0.1"' -A "PBX_URI=\"sip:127.0.0.1:$pbx\"" -A "INSTANCES=\"$work/dispatcher.list\"" -A ASK_EVERY=1 \
  -dd -DD -E -m 32 -M 4 -P "$work/kamailio/pid" -w "$work/kamailio" -Y "$work/kamailio"
expect 10 "Kamailio listens on $registrar_port" kamailio_answers

# instance I: starts it, ready when this returns; its process is ${agents[I]}.
agents=()
instance() {
  local sip=sip_$1 http=http_$1
  agent_sip=${!sip} agent_http=${!http}
  agent_config "$work/agent-$1.json" 6001
  sed -i -e "s|\"drain\": 3|\"drain\": 120, \"calls\": 10, \"silence\": 600|" -e "s|/records\"|/records-$1\"|" "$work/agent-$1.json"
  start "agent-$1" "$offhook" run --config "$work/agent-$1.json"
  agents[$1]=$pid
  expect 20 "instance $1 is ready" ready 200
}
has_calls() { local http=http_$1; agent_http=${!http} ready "$3" "\"calls\":$2,"; }  # has_calls INSTANCE COUNT STATUS

# caller NAME [PORT]: a call through Kamailio, or straight to PORT, in the background; answered when this returns. Its SIPp is ${callers[NAME]}, its
# instance ${held_by[NAME]}.
declare -A callers held_by
caller() {
  local file=$here/sipp/dispatched.flow name=$1 contact i sip
  flow_xml -v proxied=1
  free_ports ours && free_ports theirs 6  # Here, so that no two of them choose the same.
  (run_sipp "$name" "${2:-$registrar_port}" -p "$ours" -mp "$theirs") &
  callers[$1]=$!
  started+=("$!")
  echo "$!" >>"$work/started"
  expect 20 "the call $1 is answered" says "$work/$1-messages.log" '^ACK '
  contact=$(received "$1" | awk '/^SIP\/2.0 200/ {on = 1} on && /^Contact:/ {print; exit}')
  for i in 1 2 3; do
    sip=sip_$i
    [[ $contact != *"127.0.0.1:${!sip}"* ]] || held_by[$1]=$i
  done
  [ -n "${held_by[$1]:-}" ] || die "the call $1 is held by nobody that we know: $contact"
}
# goes_well NAME: it ends as its caller wants.
goes_well() {
  expect 60 "the call $1 is over" gone "${callers[$1]}"
  wait "${callers[$1]}" || die "the call $1, held by instance ${held_by[$1]}, was hurt: $(sipp_says "$1")"
}

for i in 1 2 3; do instance "$i"; done
for i in 1 2 3; do
  sip=sip_$i
  sip-options --all --contact='sip:127.0.0.1:*' "sip:6001@127.0.0.1:${!sip}" >"$work/options-$i" 2>&1 || die "instance $i answers no OPTIONS"
  says "$work/options-$i" '^X-Offhook-Load: calls=0;limit=10;load=0\.' || die "instance $i does not tell its load"
done
# Instance 1 has two calls that Kamailio knows of by nothing but what the instance says.
for name in one two; do caller "$name" "$sip_1"; done
expect 10 "Kamailio hears of instance 1's calls" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 says calls=2;limit=10;load=0\."
for name in three four five six; do caller "$name"; done
for i in 1 2 3; do has_calls "$i" 2 200 || die "six calls are not spread evenly: ${held_by[*]}"; done

kill -KILL "${agents[1]}"
kill -TERM "${agents[2]}"
expect 5 "instance 2 drains, and is not ready" has_calls 2 2 503
expect 10 "Kamailio takes out the instance that drains" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_2 is out"
for name in seven eight nine; do
  caller "$name"
  [ "${held_by[$name]}" = 3 ] || die "the call $name went to instance ${held_by[$name]}, which is gone or drains"
done
has_calls 3 5 200 || die "instance 3 has not five calls: ${held_by[*]}"
expect 10 "Kamailio takes out the instance that was killed" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 is out"
gone "${agents[2]}" && die "instance 2 did not wait for its calls"
sip-options --all --contact='sip:127.0.0.1:*' "sip:6001@127.0.0.1:$sip_2" >"$work/options-draining" 2>&1 || true
says "$work/options-draining" '^SIP/2\.0 503 ' || die "OPTIONS while it drains is answered by $(head -n 1 "$work/options-draining")"
says "$work/options-draining" '^Retry-After: 5' || die "OPTIONS while it drains does not say when to ask again"

instance 1
expect 10 "Kamailio takes back the instance that was killed" says "$work/kamailio.log" "offhook: sip:127.0.0.1:$sip_1 is back"
caller ten
[ "${held_by[ten]}" = 1 ] || die "the call ten went to instance ${held_by[ten]}, and not to the one that is back"

for name in "${!callers[@]}"; do
  [ "${held_by[$name]}" = 1 ] && [ "$name" != ten ] || goes_well "$name"
done
expect 20 "instance 2 has ended after its last call" gone "${agents[2]}"
code=0
wait "${agents[2]}" || code=$?
[ "$code" = 0 ] || die "the drained instance ends with exit code $code"
expect 10 "instance 3 has no call left" has_calls 3 0 200
