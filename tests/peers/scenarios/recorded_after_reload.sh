# A reload enables recordings. The agent records from the next call on, with the new key, folder and notice.
. "$here/recorded.sh"
start_kamailio
start_agent 6001
expect "/readyz says that recordings are off" ready 200 '"recordings":\{"state":"off","calls":0\}'
agent_too=$with_recordings
agent_config "$work/agent.json" 6001
kill -HUP "$agent_pid"
expect "/readyz says that recordings can be written" ready 200 '"recordings":\{"state":"writing","calls":0\}'
expect "the log reports the reload" says "$work/agent.log" 'config\.reloaded'
says "$work/agent.log" 'config\.waits_for_restart' && die "the log says that a setting waits for a restart: $(grep waits_for_restart "$work/agent.log")"
start_recorded_call
end_recorded_call
