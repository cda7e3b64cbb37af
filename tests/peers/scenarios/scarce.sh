# scarce descriptors LIMIT CALLS: the agent may open LIMIT descriptors, and gets CALLS calls at the same time. It answers some calls, which continue
# until their caller ends them, and refuses the other calls with 503. Then the agent is ready again.
# scarce memory LIMIT CALLS: the same with LIMIT KiB of address space. This limit does not work for a program with sanitizers. Therefore this scenario
# runs the release build.
what=$1 limit=$2 calls=$3
option=-n
brief_agent
if [ "$what" = memory ]; then
  option=-v
  offhook=$top/build/release/tools/offhook
  [ -x "$offhook" ] || absent "there is no build/release/tools/offhook (./dev build makes it)"
fi
start_kamailio
agent_config "$work/agent.json" 6001
start agent bash -c 'ulimit "$1" "$2"; shift 2; exec "$@"' limited "$option" "$limit" "$offhook" run --config "$work/agent.json" --set /limits/calls=1000
agent_pid=$pid
expect_of "$agent_pid" agent "the agent is registered" registered 6001
run_sipp scarce "$agent_sip" -m "$calls" -l "$calls" -r $((calls / 8)) -trace_logs -log_file "$work/calls.log"
gone "$agent_pid" && die "the agent has ended unexpectedly"
answered=$(grep -c answered "$work/calls.log") refused=$(grep -c refused "$work/calls.log")
[ "$answered" -gt 0 ] || die "no call was answered"
[ "$refused" -gt 0 ] || die "no call was refused: $answered were answered"
expect "the agent is ready again" ready 200
