# Unsets the variables from which the program reads settings, so that the machine's settings do not affect a test.
unset SIP_EXTENSION SIP_PASSWORD ASTERISK_HOST VOICE PROMPT INSTRUCTIONS TRANSCRIPTION_ENABLED LOG_LEVEL
unset PROVIDER MODEL_PROVIDER SPEECH_PROVIDER OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL AZURE_OPENAI_ENDPOINT AZURE_OPENAI_KEY AZURE_OPENAI_DEPLOYMENT
unset AZURE_SPEECH_KEY AZURE_SPEECH_REGION DEEPGRAM_API_KEY OLLAMA_BASE_URL OLLAMA_MODEL
unset http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY
# Each setting also has a variable OFFHOOK_... The tests themselves use the exceptions below.
for variable in $(compgen -e OFFHOOK_); do
  [[ $variable =~ ^OFFHOOK_(SHARE|BUILD|REFRESH)$ ]] || unset "$variable"
done
