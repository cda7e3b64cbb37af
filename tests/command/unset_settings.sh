# What the settings of a machine are read from besides a file: none of it may decide what a test sees.
unset SIP_EXTENSION SIP_PASSWORD ASTERISK_HOST VOICE PROMPT INSTRUCTIONS TRANSCRIPTION_ENABLED LOG_LEVEL
unset PROVIDER MODEL_PROVIDER SPEECH_PROVIDER OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL AZURE_OPENAI_ENDPOINT AZURE_OPENAI_KEY AZURE_OPENAI_DEPLOYMENT
unset AZURE_SPEECH_KEY AZURE_SPEECH_REGION DEEPGRAM_API_KEY OLLAMA_BASE_URL OLLAMA_MODEL
unset http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY
# Each setting has a variable OFFHOOK_... as well. Those that stay are of the tests themselves.
for variable in $(compgen -e OFFHOOK_); do
  [[ $variable =~ ^OFFHOOK_(SHARE|BUILD|REFRESH)$ ]] || unset "$variable"
done
