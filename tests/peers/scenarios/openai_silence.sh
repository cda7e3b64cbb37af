# The caller is silent. After each two seconds of silence, the model asks again, three times in all. Then the agent says goodbye and hangs up.
. "$here/openai.sh"
start_kamailio
start_openai '{"replies": ["Are you still there?", "Can you hear me?", "Is somebody there?"]}'
start_ai_agent ', "limits": {"silence_seconds": 2}'
sentence hello "$hello"
sentence first 'Are you still there?'
sentence second 'Can you hear me?'
sentence third 'Is somebody there?'
sentence leave 'I cannot hear you, so I will hang up now.'
sentence goodbye 'Goodbye.'
ai_call silence:45000
heard_whole hello first second third leave goodbye
reports '"ended_by":"them"'
[ "$(gap first second)" -ge 1900 ] && [ "$(gap first second)" -le 4000 ] || die "the agent asked the silent caller again after $(gap first second) ms"
[ "$(gap third leave)" -ge 1900 ] && [ "$(gap third leave)" -le 4000 ] || die "the agent said goodbye to the silent caller after $(gap third leave) ms"
expect "the record has the reason for the end of the call" has_record '"end":\{"by":"agent","cause":"silence limit"'
