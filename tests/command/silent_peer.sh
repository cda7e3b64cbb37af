# For tests of a PBX that does not respond: $port is a UDP port of 127.0.0.1 that receives datagrams and sends none. The script that sources this file
# defines fail.
exec {silent_output}< <(exec perl -MSocket -e 'my $s; socket($s, PF_INET, SOCK_DGRAM, 0) && bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
  $| = 1; print +(sockaddr_in(getsockname($s)))[0], "\n"; sleep 600')
silent_peer=$!
read -r port <&"$silent_output" || fail "the silent port cannot be opened"
end_silent_peer() { kill "$silent_peer"; }
