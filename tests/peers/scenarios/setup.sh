# offhook setup at a terminal: it asks its questions, detects a wrong secret by a registration, and asks for the secret again. It writes the secrets
# into a file that only the owner can read, and accepts a test call. `offhook check` accepts the files.
. "$here/openai.sh"
start_kamailio
# at_terminal NAME ANSWER...: runs offhook setup in a terminal of its own, and types each answer when its question appears.
at_terminal() {
  local log=$work/$1.log questions=0 answer
  mkfifo "$work/$1.keys"
  env -u ASTERISK_HOST -u SIP_EXTENSION -u SIP_PASSWORD -u OPENAI_API_KEY -u PROVIDER \
    script -qec "'$offhook' setup --out '$work/offhook.json'" /dev/null <"$work/$1.keys" >"$log" 2>&1 &
  terminal=$!
  started+=("$terminal")
  exec {keys}>"$work/$1.keys"
  for answer in "${@:2}"; do
    questions=$((questions + 1))
    expect "question $questions ($answer)" asked "$log" "$questions"
    printf '%s\r' "$answer" >&"$keys"
  done
}
# asked LOG COUNT: true if LOG has at least COUNT questions. A question ends with ": " without a line feed. An echoed answer ends the line.
asked() { [ "$(tr -d '\r' <"$1" | grep -cE '(^Host of the PBX|^Extension|^Secret of the extension|^Provider of the agent: [a-z_, ]*|or none|\(yes, no\))( \[[^]]*\])?: ')" -ge "$2" ]; }
at_terminal set_up "127.0.0.1:$registrar_port" 6001 secret-wrong yes '' '' secret-6001 local '' 6010 yes wait
says "$work/set_up.log" 'not ok: extension 6001 cannot register .*: 401' || die "setup does not report the wrong secret: $(tail -n 5 "$work/set_up.log")"
expect "setup waits for the test call" says "$work/set_up.log" 'Dial 6001 now'
[ "$(stat -c %a "$work/secrets.env" "$work/offhook.json" | tr '\n' ' ')" = '600 644 ' ] || die "the written files have wrong modes: $(stat -c '%a %n' "$work/secrets.env" "$work/offhook.json")"
expect "the agent is registered" eval '[ "$(grep -c "peers: registered 6001" "$work/kamailio.log")" -ge 2 ]'
opening_hours
ai_call wait "say:what are your opening hours" wait silence:300 hangup
heard_whole hello
opening_hours_heard
expect "setup has ended" gone "$terminal"
says "$work/set_up.log" 'ok: the call was connected; the agent spoke [2-9] times and understood the caller 1' || die "setup does not report the test call: $(tail -n 5 "$work/set_up.log")"
says "$work/set_up.log" 'secret-(6001|wrong)' && die "the output of setup shows a secret"
(set -a && . "$work/secrets.env" && "$offhook" check "$work/offhook.json") >"$work/check.log" 2>&1 || die "offhook check does not accept the written configuration: $(cat "$work/check.log")"
