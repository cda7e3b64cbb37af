# The caller hangs up in the middle of a reply. The call and the model's socket end immediately, and the record has only the words heard so far.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open"], "replies": [
  {"when": "open", "text": "'"$hours"' And from ten to two on Saturday. We are closed on Sunday, on holidays, and when it snows."}]}'
start_ai_agent
sentence hello "$hello"
sentence end 'We are closed on Sunday, on holidays, and when it snows.'
ai_call wait "say:when are you open" silence:4500 hangup
reports '"response_ms":[0-9]'
heard_not end
reports '"ended_by":"us"'
expect "the record has the part of the reply that the caller heard" has_record '"end":\{"by":"caller","cause":"hung up"' '"said":"We are open from nine'
record | grep -qE 'holidays|snows' && die "the record has words that the caller did not hear: $(record)"
expect "the model's socket is closed" simulated '"what":"closed"'
ai_call wait silence:300 hangup
heard_whole hello
