# The provider refuses the key on every interface. The caller hears an apology in the embedded voice and a goodbye, instead of silence.
. "$here/openai.sh"
start_kamailio
start_openai '{"key": "another key", "replies": []}'
start_ai_agent
ai_call wait "say:when are you open" wait "say:hello" wait "say:hello" wait:20000
reports '"ended_by":"them"'
expect "the record has the reason for the end of the call" has_record '"end":\{"by":"agent","cause":"a part of the agent failed"' '"troubles":\['
