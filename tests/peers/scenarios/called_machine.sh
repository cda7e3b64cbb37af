# An answering machine answers, and the agent does not want to leave a message. The beep is 0.4 s of the digital milliwatt of ITU-T G.711.
head -c 8000 /dev/zero | tr '\0' '\377' >"$work/beep.ulaw"
for ((i = 0; i < 400; ++i)); do printf '\x1e\x0b\x0b\x1e\x9e\x8b\x8b\x9e'; done >>"$work/beep.ulaw"
head -c 80000 /dev/zero | tr '\0' '\377' >>"$work/beep.ulaw"
call_too='--machine hang_up'
through=''
run_called_flow called_machine "$here/sipp/called_machine.flow" u1
grep -q '^answered by: machine (a beep, after' "$work/agent.log" || die "offhook call does not say who answered"
expect "the record says who answered" has_record '"answered_by":\{"who":"machine"' '"cause":"answering machine"' '"tones":\[\{"name":"beep"\}\]'
