# behind_nats-HOW: the agent and baresip are behind two NATs of the kernel. Each host and each NAT has a network namespace of its own. Kamailio and coturn
# are in a further namespace, which stands for the Internet. The NATs choose another port for each destination, so the audio can pass only through coturn.
# HOW is the transport between the agent and coturn: `udp`, `tcp` or `tls`. With `offhook`, a second agent takes the place of baresip, and both agents use
# coturn over UDP. With `stun`, the NATs keep the host's port, and both agents use coturn only as a STUN server.
#
#       agent 10.1.0.2 - NAT 203.0.113.11 --+-- 203.0.113.1 Kamailio, 203.0.113.2 coturn
#   telephone 10.2.0.2 - NAT 203.0.113.12 -+
how=$1
needs_program turnserver coturn
needs_program nft nftables
needs_program ip iproute2
. "$here/sentences.sh"

# namespace VARIABLE NAME: makes a namespace, which exists as long as a new process in it, and sets the variable to the id of this process.
namespace() {
  local -n into=$1
  start "$2" unshare --net sleep 600
  into=$pid
  expect "the process of the namespace $2 has a network of its own" has_own_network "$pid"
  inside "$into" ip link set lo up
}
has_own_network() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$1/ns/net")" ]; }  # has_own_network PID
inside() { nsenter --net --target "$1" "${@:2}"; }  # inside NAMESPACE COMMAND...
# cable NAMESPACE INTERFACE ADDRESS NAMESPACE INTERFACE [ADDRESS]: connects two namespaces by a pair of interfaces with these addresses.
cable() {
  inside "$1" ip link add "$2" type veth peer name "$5" netns "$4"
  inside "$1" ip address add "$3" dev "$2"
  inside "$1" ip link set "$2" up
  [ -z "${6:-}" ] || inside "$4" ip address add "$6" dev "$5"
  inside "$4" ip link set "$5" up
}
# nat NUMBER: makes a host 10.NUMBER.0.2 behind a NAT with the public address 203.0.113.1NUMBER. The NAT drops packets to itself, as home routers do.
# Otherwise the kernel would store an early check of the peer as a connection to the NAT itself, and would choose another port for the host's check.
nat() {
  namespace "host$1" "host$1"
  namespace "nat$1" "nat$1"
  local -n host=host$1 router=nat$1
  inside "$internet" ip link add "port$1" type veth peer name wan netns "$router"
  inside "$internet" ip link set "port$1" master bridge
  inside "$internet" ip link set "port$1" up
  inside "$router" ip address add "203.0.113.1$1/24" dev wan
  inside "$router" ip link set wan up
  cable "$host" lan "10.$1.0.2/24" "$router" lan "10.$1.0.1/24"
  inside "$host" ip route add default via "10.$1.0.1"
  inside "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  printf '%s\n' 'table ip nat {' 'chain out {' 'type nat hook postrouting priority srcnat' "oifname wan masquerade$ports" '}' '}' \
    'table ip guard {' 'chain in {' 'type filter hook input priority filter' 'iifname wan drop' '}' '}' >"$work/nat$1.nft"
  inside "$router" nft -f "$work/nat$1.nft" 2>"$work/nft" || absent "the kernel does not translate addresses: $(head -n 1 "$work/nft")"
}
ports=' fully-random' path='ICE, relay to '
[ "$how" != stun ] || ports='' path='ICE, srflx to '
unshare --net true 2>/dev/null || absent "this user may not make network namespaces (run as root)"
namespace internet internet
inside "$internet" ip link add bridge type bridge 2>"$work/bridge" || absent "the kernel has no bridges: $(cat "$work/bridge")"
inside "$internet" ip address add 203.0.113.1/24 dev bridge
inside "$internet" ip address add 203.0.113.2/24 dev bridge
inside "$internet" ip link set bridge up
# The simulated Internet silently loses packets to private addresses. If the kernel refused such a packet, coturn would close the allocation.
inside "$internet" ip neigh add 203.0.113.254 lladdr 02:00:00:00:00:fe dev bridge
inside "$internet" ip route add default via 203.0.113.254
nat 1
nat 2

registrar_port=5060 turn_port=3478
mkdir -p "$work/kamailio"
start kamailio nsenter --net --target "$internet" kamailio -f "$top/share/demo/kamailio.cfg" -l udp:203.0.113.1:5060 -l tcp:203.0.113.1:5060 -DD -E -m 32 -M 4 \
  -P "$work/kamailio/pid" -w "$work/kamailio" -Y "$work/kamailio"
make_certificate IP:203.0.113.2
printf '%s\n' listening-ip=203.0.113.2 "listening-port=$turn_port" tls-listening-port=5349 relay-ip=203.0.113.2 min-port=50000 max-port=50100 no-cli no-dtls \
  lt-cred-mech realm=example.org user=agent:secret-turn "cert=$work/registrar.pem" "pkey=$work/registrar.key" "pidfile=$work/coturn.pid" "userdb=$work/coturn.db" \
  log-file=stdout verbose >"$work/coturn.conf"
start coturn nsenter --net --target "$internet" turnserver -c "$work/coturn.conf"
expect_of "$pid" coturn "coturn listens" inside "$internet" bash -c '(exec 3<>/dev/tcp/203.0.113.2/5349)'
expect "the host behind the NAT reaches coturn" inside "$host1" timeout 2 bash -c '(exec 3<>/dev/tcp/203.0.113.2/5349)'

case $how in
  udp | offhook) server='{"uri": "turn:203.0.113.2", "username": "agent", "password": "secret-turn"}' ;;
  tcp) server='{"uri": "turn:203.0.113.2?transport=tcp", "username": "agent", "password": "secret-turn"}' ;;
  stun) server='"stun:203.0.113.2"' ;;
  tls) server='{"uri": "turns:203.0.113.2", "username": "agent", "password": "secret-turn"}' ;;
  *) die "this script does not know the word: $how" ;;
esac
# agent_behind_nat FILE EXTENSION: writes the configuration of an agent behind a NAT, which records its calls in $work/EXTENSION.
agent_behind_nat() {
  agent_host=203.0.113.1 agent_too='"nat": {"servers": ['$server'], "ca_file": "'$work/registrar.pem'"},
    "recordings": {"enabled": true, "format": "wav", "folder": "'$work/$2'"}'
  agent_config "$1" "$2"
  sed -i 's/"bind_address": "127.0.0.1"/"bind_address": "0.0.0.0"/' "$1"
}
if [ "$how" = offhook ] || [ "$how" = stun ]; then own_agent; fi  # With the short dialogue, the agents say goodbye to each other before the limit.
agent_behind_nat "$work/agent.json" 6001
start agent nsenter --net --target "$host1" "$offhook" run --config "$work/agent.json"
agent_pid=$pid
expect_of "$agent_pid" agent "the agent is registered as 6001" registered 6001

# recorded_at EXTENSION NAME: checks that the recording of this agent has the sentence, spoken by the other agent.
recorded_at() {
  local recording
  recording=$(find "$work/$1" -name '*.wav' -size +1k -print -quit)
  [ -n "$recording" ] || die "$1 has no recording"
  search_in "$recording"
  [ "$(found "$2" likeness)" -ge 80 ] || die "$1 did not hear \"$2\": $(cat "$work/report.json")"
}
# two_agents: 6002 calls 6001 and hears the greeting of 6001, which interrupts its own greeting. 6002 ends the call at its call limit.
two_agents() {
  sentence hello 'Hello, this is Blue River Bicycles.'
  sentence limit 'We have reached the time limit of this call.'
  agent_behind_nat "$work/second.json" 6002
  start second nsenter --net --target "$host2" "$offhook" call 6001 --config "$work/second.json" --set /sip/ice=offer --set /limits/call_seconds=15
  expect "the agents' call is over" says "$work/agent.log" 'call.over '
  path_was "$path"
  recorded_at 6002 hello
  recorded_at 6001 limit
}
if [ "$how" = offhook ] || [ "$how" = stun ]; then
  two_agents
  exit
fi

say_wav "$work/question.wav" 8000 6500 17000 "what are your opening hours"
opening_hours
baresip_too=("module ice.so" "module stun.so")
baresip_folder caller 6002 "$work/question.wav" ';medianat=ice;stunserver=stun:203.0.113.2:3478'
sed -i 's/^sip_listen .*/sip_listen 10.2.0.2:5060/; s/^net_interface .*/net_interface lan/' "$work/caller/config"
sed -i 's/@127\.0\.0\.1:/@203.0.113.1:/' "$work/caller/accounts"
needs_program baresip baresip-core
start caller nsenter --net --target "$host2" baresip -f "$work/caller" -t 90 -e "/dial sip:6001@203.0.113.1:5060"
expect "the call is answered" says "$work/caller.log" 'Call established'
expect "the call is over" says "$work/caller.log" 'terminated'
understood opening_hours
telephone_heard caller hello
opening_hours_heard
path_was 'ICE, relay to '
says "$work/agent.log" 'nat.server_failed' && die "the agent reports that its TURN server failed: $(grep nat.server_failed "$work/agent.log")"
true
