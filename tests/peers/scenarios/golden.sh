# golden-NAME: a call to an agent with the unchanged share/examples/NAME.json, except for the addresses of the PBX and of the simulated services. The
# agent greets, answers a question, and says goodbye after the caller's goodbye.
. "$here/families.sh"
name=$(IFS=-; echo "$*")
hours='We are open from nine to six.'
bye='"Thank you for calling. Goodbye."' hang_up='{"name": "hang_up", "arguments": "{}"}'
replies='[{"when": "open", "text": "'"$hours"'"}, {"when": "goodbye", "text": '"$bye"', "calls": ['"$hang_up"']}]'
heard='["when are you open", "goodbye"]'
keys=() set=()
with_openai() {
  simulate_all "$heard" "$replies" openai
  keys+=(OPENAI_API_KEY=secret-openai-key) set+=(--set "/providers/openai/base_url=http://127.0.0.1:$openai_port/v1")
}
with_deepgram() {
  simulate deepgram '{"voice": "'"$voice"'", "heard": '"$heard"', "replies": ["'"$hours"'", {"say": '"$bye"', "call": "hang_up"}]}'
  keys+=(DEEPGRAM_API_KEY=secret-deepgram-key)
  set+=(--set "/providers/deepgram/base_url=http://127.0.0.1:$deepgram_port" --set "/providers/deepgram/deepgram/agent_url=http://127.0.0.1:$deepgram_port")
}
with_ollama() {
  # This service accepts any key or none, like an Ollama on the user's own machine.
  simulate ollama '{"key": "", "replies": '"$replies"'}'
  set+=(--set "/providers/$1/base_url=http://127.0.0.1:$ollama_port$2")
}
start_kamailio
case $name in
  local) hours='We are open from nine in the morning to six in the evening,' ;;
  openai-compatible) with_ollama home /v1 ;;
  ollama) with_ollama ollama '' ;;
  azure)
    simulate_all "$heard" "$replies" azure
    keys+=(AZURE_SPEECH_KEY=secret-azure-key AZURE_OPENAI_ENDPOINT="http://127.0.0.1:$azure_model_port" AZURE_OPENAI_KEY=secret-azure_model-key AZURE_OPENAI_DEPLOYMENT=mini)
    set+=(--set "/providers/azure/speech/url=http://127.0.0.1:$azure_port")
    ;;
  deepgram-voice-agent) with_deepgram ;;
  deepgram-with-openai) with_deepgram && with_openai ;;
  openai-*) with_openai ;;
  *) die "this script has no simulator for the example $name" ;;
esac
free_ports agent_sip
free_ports agent_http
start agent env SIP_EXTENSION=6001 SIP_PASSWORD=secret-6001 ASTERISK_HOST=127.0.0.1 "${keys[@]}" "$offhook" run --config "$top/share/examples/$name.json" \
  --set "/sip/port=$registrar_port" --set /sip/bind_address=127.0.0.1 --set "/sip/bind_port=$agent_sip" --set "/health/port=$agent_http" --set /limits/drain_seconds=3 \
  --set "/records/folder=$work/records" --set /transcripts/enabled=true "${set[@]}"
agent_pid=$pid
expect "the agent is registered" registered 6001
sentence hours "$hours"
ai_call wait "say:when are you open" wait silence:300 "say:goodbye" wait:15000
heard_whole hours
[ "$(sed -n 's/.*"greeting_ms":\([0-9]*\).*/\1/p' "$work/report.json")" -lt 1900 ] || die "the greeting did not come in time: $(cat "$work/report.json")"
reports '"ended_by":"them"'
! says "$work/agent.log" 'call.trouble' || die "the agent's log has a trouble, although no part should fail: $(grep call.trouble "$work/agent.log")"
expect "the record has the question and the goodbye" has_record '"heard":"[^"]*open' '"end":\{"by":"agent","cause":"goodbye"'
