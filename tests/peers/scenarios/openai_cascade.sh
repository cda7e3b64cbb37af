# Two questions and a goodbye with a cascade: transcription, chat, speech.
. "$here/openai.sh"
start_kamailio
start_openai '{"heard": ["when are you open", "where is your shop", "goodbye"], "replies": [
  {"when": "open", "text": "'"$hours"'"}, {"when": "shop", "text": "'"$address"'"},
  {"when": "goodbye", "text": "'"$farewell"'", "calls": [{"name": "hang_up", "arguments": "{}"}]}]}'
start_ai_agent ', "sessions": [{"kind": "cascade", "listen": "openai", "think": ["openai"], "speak": "openai"}]'
sentence hello "$hello"
sentence hours 'We are open from nine in the morning to six in the evening,'
sentence address 'You find us at twelve Harbor Street,'
sentence goodbye 'Goodbye.'
ai_call wait "say:when are you open" wait "say:where is your shop" wait "say:goodbye" wait:15000
heard_whole hello hours address goodbye
reports '"ended_by":"them"'
expect "the record has the events of this call" has_record '"end":\{"by":"agent","cause":"goodbye"' '"heard":"when are you open"' '"said":"You find us'
for line in 'offhook_tokens_total\{kind="output",service="openai/think"\} [1-9]' 'offhook_tool_calls_total\{class="telephony",outcome="done",tool="hang_up"\} 1' \
  'offhook_reply_seconds_count [3-9]' 'offhook_provider_open\{service="openai/think"\} 0'; do
  shows /metrics "^$line" || die "/metrics does not have $line: $(page /metrics | grep -E '^offhook_(tokens|tool|reply_seconds_count|provider)')"
done
