# This cascade uses OpenAI's transcription during the speech, chat, and speech.
. "$here/openai.sh"
. "$here/actions.sh"
actions ', "sessions": [{"kind": "cascade"}]'
