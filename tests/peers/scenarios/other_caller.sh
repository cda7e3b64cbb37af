# During the call, another person takes over the caller's side. The agent greets that person, and the record names that person.
run_flow other_caller
expect "the log reports the other person on the line" says "$work/agent.log" 'call.other_caller'
expect "the record names the other person" has_record '"others":\[{"at_ms":[0-9]*,"uri":"sip:1002@127.0.0.1","display":"Bea"}\]'
expect "the record says that the agent has greeted the other person" has_record '"kind":"opening".*"kind":"other"'
