# Starts Linphone, a telephone that reads commands at its console. Sourced by the scenarios that use it.

# linphone_folder NAME: creates a configuration in $work/NAME. Linphone then reads and writes its sound as files, and uses no video, device or DNS.
# $linphone_sip and $linphone_net have further lines of these sections.
linphone_folder() {
  local folder=$work/$1 port
  mkdir -p "$folder/.local/share/linphone"
  free_ports port 4
  cat >"$folder/linphonerc" <<RC
[sip]
sip_port=$port
sip_tcp_port=$port
sip_tls_port=$((port + 1))
contact=sip:$1@127.0.0.1
use_ipv6=0
guess_hostname=0
register_only_when_network_is_up=0
${linphone_sip:-}
[rtp]
audio_rtp_port=$((port + 2))
[net]
dns_srv_enabled=0
${linphone_net:-}
[sound]
use_files=1
local_ring=
remote_ring=
echocancellation=0
[video]
enabled=0
capture=0
display=0
RC
}
# start_linphone NAME: starts Linphone, which ends by itself after 120 s. linphone COMMAND: types a command at its prompt.
start_linphone() {
  needs_program linphonec linphone-cli
  mkfifo "$work/$1/console"
  exec {linphone_console}<>"$work/$1/console"
  HOME=$work/$1 start "$1" bash -c 'exec timeout 120 linphonec -c "$0/linphonerc" -d 0 -l "$0/linphone.log" <"$0/console"' "$work/$1"
}
linphone() { printf '%s\n' "$1" >&"$linphone_console"; }
