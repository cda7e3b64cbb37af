# turn_coturn-HOW: Offhook's STUN and TURN clients use coturn. HOW is the transport (`udp`, `tcp`, `tls`), `secret` (a time-limited credential),
# `redirected` (the server redirects to another server), or `stun` (coturn's client uses Offhook's STUN server). coturn's nonces are valid for one
# second, so the clients also meet stale nonces.
how=$1
needs_program turnserver coturn
echo_program=$build/tests/offhook_turn_echo
[ -x "$echo_program" ] || die "there is no $echo_program (./dev test builds it)"
accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }  # accepts PORT
# start_coturn NAME LINE...: starts coturn on $turn_port, which it sets, and for TLS on the next port, with these lines in its configuration.
start_coturn() {
  local name=$1
  free_ports turn_port 2
  free_ports relay_port 20
  printf '%s\n' "listening-ip=127.0.0.1" "listening-port=$turn_port" "tls-listening-port=$((turn_port + 1))" "relay-ip=127.0.0.1" \
    "min-port=$relay_port" "max-port=$((relay_port + 19))" allow-loopback-peers no-cli no-dtls lt-cred-mech realm=example.org stale-nonce=1 \
    "cert=$work/registrar.pem" "pkey=$work/registrar.key" "pidfile=$work/$name.pid" "userdb=$work/$name.db" log-file=stdout verbose "${@:2}" \
    >"$work/$name.conf"
  start "$name" turnserver -c "$work/$name.conf"
  expect_of "$pid" "$name" "coturn listens on $turn_port" accepts "$turn_port"
  expect_of "$pid" "$name" "coturn listens on the port of TLS" accepts "$((turn_port + 1))"
}
# relays ARGUMENT...: relays an echo through coturn, and leaves the output of the program in $work/echo.txt.
relays() {
  local line
  timeout "$patience" "$echo_program" relay --server "127.0.0.1:$turn_port" --user alice --ca "$work/registrar.pem" "$@" >"$work/echo.txt" 2>"$work/echo.err" ||
    die "the echo through coturn failed: $(cat "$work/echo.err")"
  for line in '^mapped 127\.0\.0\.1:' '^relayed 127\.0\.0\.1:' '^indications 9$' '^channel 9$' '^released$'; do
    says "$work/echo.txt" "$line" || die "the echo program did not print \"$line\": $(tr '\n' ' ' <"$work/echo.txt")"
  done
}
make_certificate IP:127.0.0.1
case $how in
  udp | tcp)
    start_coturn coturn user=alice:secret
    relays --transport "$how" --password secret
    expect "coturn has asked for another nonce" says "$work/coturn.log" 'error 438'
    timeout "$patience" "$echo_program" relay --server "127.0.0.1:$turn_port" --transport "$how" --user alice --password wrong --refused \
      >"$work/refused.txt" 2>&1 || die "the echo program does not report that coturn refuses a wrong password: $(cat "$work/refused.txt")"
    ;;
  tls)
    start_coturn coturn user=alice:secret
    turn_port=$((turn_port + 1))
    relays --transport tls --password secret
    ;;
  secret)
    start_coturn coturn use-auth-secret static-auth-secret=s3cret
    relays --transport udp --secret s3cret
    ;;
  redirected)
    start_coturn coturn user=alice:secret
    second=$turn_port
    start_coturn first user=alice:secret "alternate-server=127.0.0.1:$second"
    relays --transport udp --password secret
    says "$work/echo.txt" "by 127\.0\.0\.1:$second\$" || die "the relay is not at the second server: $(tr '\n' ' ' <"$work/echo.txt")"
    ;;
  stun)
    needs_program turnutils_stunclient coturn
    free_ports turn_port
    start serve "$echo_program" serve --port "$turn_port"
    expect_of "$pid" serve "the STUN server of Offhook listens" says "$work/serve.log" '^serves '
    timeout "$patience" turnutils_stunclient -p "$turn_port" 127.0.0.1 >"$work/client.txt" 2>&1 || die "coturn's client failed: $(tail -n 1 "$work/client.txt")"
    says "$work/client.txt" 'reflexive addr: 127\.0\.0\.1:' || die "coturn's client did not get its address from Offhook's STUN server: $(cat "$work/client.txt")"
    ;;
esac
