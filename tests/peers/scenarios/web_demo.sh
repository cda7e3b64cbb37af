# Chromium opens the page of `offhook demo --web` and calls the agent, with a microphone that plays a file: 20 calls, or the number of calls that the name of
# the scenario says. In every second call, the visitor hangs up after the answer to the question; in the others the caller says goodbye, and the agent hangs
# up. The browser's own recording of each call must contain the greeting and the answer.
. "$here/sentences.sh"
needs_network Chromium
needs_program openssl openssl
calls=${words[1]:-20}
free_ports web_port
# Browsers refuse these ports: https://fetch.spec.whatwg.org/#port-blocking
while [[ $web_port =~ ^(6000|6566|666[5-9]|6679|6697|10080)$ ]]; do free_ports web_port; done
say_wav "$work/asks.wav" 16000 5500 13000 "When are you open?"
say_wav "$work/ends.wav" 16000 0 30000 "Goodbye."
start demo "$offhook" demo --web "$web_port"
demo_pid=$pid
expect_of "$demo_pid" demo "the demonstration waits for calls" says "$work/demo.log" 'Open this page'
fingerprint=$(openssl s_client -connect "127.0.0.1:$web_port" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256)
says "$work/demo.log" "^  ${fingerprint#*=}\$" || die "the certificate has another fingerprint than the terminal shows: $fingerprint"
visit() { browser "$1" --url "https://127.0.0.1:$web_port/" --microphone "$work/asks.wav" --microphone "$work/ends.wav" "${@:2}"; }
visit page --calls "$calls" --expect-heard 'when are you open' --recordings "$work"
opening_hours
for ((call = 1; call <= calls; ++call)); do
  search_in "$work/call-$call.wav"
  opening_hours_heard
  [ "$(found hello likeness)" -ge 80 ] || die "the caller of call $call did not hear the greeting: $(cat "$work/report.json")"
done
visit busy --others 4 --expect-trouble 'All lines are busy'
visit refused --refuse --expect-trouble 'may not use the microphone'
visit gone --stop "$demo_pid" --expect-trouble 'cannot be reached'
