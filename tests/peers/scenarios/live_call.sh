# live_call-PROVIDER: a call to an agent with the real provider, at the provider's normal price. The scenario is skipped unless the environment has
# the variables of `PROVIDER=... offhook run`. OPENAI_BASE_URL, AZURE_OPENAI_ENDPOINT and OLLAMA_BASE_URL set the provider's address.
. "$here/openai.sh"
provider=$1
case $provider in
  openai) needs=(OPENAI_API_KEY) ;;
  azure) needs=(AZURE_SPEECH_KEY AZURE_SPEECH_REGION AZURE_OPENAI_ENDPOINT AZURE_OPENAI_KEY AZURE_OPENAI_DEPLOYMENT) ;;
  deepgram) needs=(DEEPGRAM_API_KEY) ;;
  ollama) needs=(OLLAMA_MODEL) ;;
  *) die "this script does not know the variables of the provider $provider" ;;
esac
for name in "${needs[@]}"; do
  [ -n "${!name:-}" ] || { echo "no $name in the environment, so no call is made to $provider itself" >"$work/reason"; exit 77; }
done
start_kamailio
own_agent
agent_config "$work/agent.base.json" 6001
sed '$ s/}$//' "$work/agent.base.json" >"$work/agent.json"
cat >>"$work/agent.json" <<JSON
 , "agent": {"greeting": "$greeting", "prompt": "You are the receptionist of a bicycle shop. It is open from nine in the morning to six in the evening. You answer in one short sentence."}}
JSON
start agent env PROVIDER="$provider" "$offhook" run --config "$work/agent.json"
agent_pid=$pid
expect "the agent is registered" registered 6001
ai_call wait "say:when are you open" wait hangup
# A real model and a real recogniser choose their own words, but the words must be about the opening hours.
expect "the record has the question, and an answer with nine o'clock" has_record '"heard":"[^"]*[Oo]pen.*"said":"[^"]*([Nn]ine|9)'
for name in "${needs[@]}"; do
  [[ $name != *KEY ]] || ! grep -rlF -- "${!name}" "$work" >/dev/null || die "the value of $name is in $(grep -rlF -- "${!name}" "$work" | head -n 1)"
done
