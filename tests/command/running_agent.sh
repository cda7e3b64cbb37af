# For tests of `offhook run`: $agent is its process, and $log its log as JSON. The script that sources this file defines fail.

await() {  # await EVENT: waits until the log has this event, or the process has ended
  for _ in $(seq 300); do
    grep -qE "\"event\":\"$1\"" "$log" && return
    kill -0 "$agent" 2>/dev/null || break
    sleep 0.1
  done
  fail "the log has no event $1 after 30 s: $(tail -n 5 "$log")"
}
# end_agent: sends a signal every tenth of a second until the agent has ended. After the third signal, the agent does not wait for unfinished work.
end_agent() {
  for _ in $(seq 300); do
    [ -n "$(jobs -rp)" ] || break
    kill -TERM "$agent" 2>/dev/null
    sleep 0.1
  done
  [ -z "$(jobs -rp)" ] || kill -KILL "$agent"
  wait "$agent" || fail "the agent ended with exit code $?"
}
