# For tests of `offhook run`: $agent is its process, $log what it writes as JSON. The one who sources this defines fail.

await() {  # await EVENT: until it stands in the log, or the process has ended
  for _ in $(seq 300); do
    grep -qE "\"event\":\"$1\"" "$log" && return
    kill -0 "$agent" 2>/dev/null || break
    sleep 0.1
  done
  fail "no $1 in 30 s: $(tail -n 5 "$log")"
}
# Asked three times, it lets go of what is still owed: a signal each tenth of a second, until it has ended.
end_agent() {
  for _ in $(seq 300); do
    [ -n "$(jobs -rp)" ] || break
    kill -TERM "$agent" 2>/dev/null
    sleep 0.1
  done
  [ -z "$(jobs -rp)" ] || kill -KILL "$agent"
  wait "$agent" || fail "it ended with $?"
}
