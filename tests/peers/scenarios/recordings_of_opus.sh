# opusinfo reads each page and packet of a recording and reports errors. opusdec decodes the recording.
needs_program opusinfo opus-tools
needs_program opusdec opus-tools
recorder=$build/tests/media_engine_test
[ -x "$recorder" ] || die "there is no $recorder (./dev test builds it)"
OFFHOOK_RECORDINGS=$work "$recorder" --no-skip --test-case='RecordingFile writes recordings of each kind for other programs' >"$work/recorder.log" || die "the test program made no recordings"

opusinfo "$work/whole.opus" >"$work/whole.txt" 2>&1 || die "opusinfo does not accept the recording"
says "$work/whole.txt" 'WARNING|ERROR' && die "opusinfo reports errors in the recording: $(grep -E 'WARNING|ERROR' "$work/whole.txt" | head -n 3)"
says "$work/whole.txt" 'Playback length: 0m:10\.000s' || die "the recording does not last ten seconds: $(grep length "$work/whole.txt")"
says "$work/whole.txt" 'Channels: 2' || die "the recording does not have two channels"
says "$work/whole.txt" 'Packet duration: +20\.0ms \(max\), +20\.0ms \(avg\), +20\.0ms \(min\)' || die "not every packet of the recording lasts 20 ms: $(grep duration "$work/whole.txt")"
says "$work/whole.txt" 'Page duration: +1000\.0ms \(max\)' || die "the longest page of the recording does not last one second: $(grep 'Page duration' "$work/whole.txt")"

# This recording has no end, but all data that was flushed. opusinfo must report only the missing end.
opusinfo "$work/killed.opus" >"$work/killed.txt" 2>&1
says "$work/killed.txt" 'EOS not set' || die "opusinfo does not report the missing end of the recording"
[ "$(grep -cE 'WARNING|ERROR' "$work/killed.txt")" = 1 ] || die "opusinfo reports more than the missing end: $(grep -E 'WARNING|ERROR' "$work/killed.txt" | head -n 3)"

# opusdec must write ten seconds of 16-bit samples in two channels, at the rate of the call.
for kind in whole killed; do
  opusdec --quiet --rate 16000 --force-wav "$work/$kind.opus" "$work/$kind-decoded.wav" >"$work/opusdec.log" 2>&1 || die "opusdec cannot play $kind.opus"
  seconds=$((($(stat -c %s "$work/$kind-decoded.wav") - 44) / 2 / 2 / 160))
  [ "$seconds" -ge 998 ] && [ "$seconds" -le 1001 ] || die "opusdec plays $seconds hundredths of a second of $kind.opus, not ten seconds"
done
