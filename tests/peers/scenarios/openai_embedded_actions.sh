# This cascade uses the embedded recogniser, OpenAI's chat, and the embedded voice.
. "$here/openai.sh"
. "$here/actions.sh"
actions ', "sessions": [{"kind": "cascade", "listen": "local", "think": "openai", "speak": "local"}]'
