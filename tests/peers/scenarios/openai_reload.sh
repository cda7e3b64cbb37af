# SIGHUP during a call: the call continues with Realtime, and the next call gets the new greeting and the cascade.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop"], "replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "shop", "text": "'"$address"'"}]}'
start_ai_agent ', "sessions": [{"kind": "realtime"}]'
sentence hours "$hours"
sentence address "$address"
sentence open 'We are open from nine in the morning to six in the evening,'
sentence new 'Good day, this is the new agent of the shop.'
(within 30 says "$work/agent.log" 'call.caller_said' && greeting='Good day, this is the new agent of the shop.' &&
  ai_config ', "sessions": [{"kind": "cascade", "think": "openai"}]' && kill -HUP "$agent_pid") &
started+=($!)
ai_call wait "say:when are you open" wait "say:where is your shop" wait silence:300 hangup
says "$work/agent.log" 'config.reloaded' || die "the log does not report the reload: $(tail -n 3 "$work/agent.log")"
heard_whole hours address
heard_not new
says "$work/openai.jsonl" '"endpoint":"chat"' && die "the running call got the new agent"
ai_call wait "say:when are you open" wait silence:300 hangup
heard_whole new open
simulated '"endpoint":"chat"'
