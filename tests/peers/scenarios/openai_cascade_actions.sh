# Uses live transcription, chat and speech.
. "$here/openai.sh"
. "$here/actions.sh"
actions ', "sessions": [{"kind": "cascade"}]'
