# Uses the embedded recogniser, chat and the embedded voice.
. "$here/openai.sh"
. "$here/actions.sh"
actions ', "sessions": [{"kind": "cascade", "listen": "local", "think": "openai", "speak": "local"}]'
