# Finds sentences in recordings by correlation. A speech recogniser is not suitable: it accepts audio that is slightly wrong, and sometimes fails on
# correct audio.
# sentence NAME TEXT: adds a sentence to find in the caller's recording. TEXT must be the text that the voice synthesizes as one piece: with Realtime
# a whole reply, in a cascade a clause. The scenarios share the recordings, because synthesis takes long under AddressSanitizer.
sentences=()
sentence() {
  local recording
  recording=$OFFHOOK_SPEECH_FOLDER/$(printf '%s' "$2|${voice:-slt}" | cksum | tr ' ' -).wav
  if [ ! -e "$recording" ]; then
    "$offhook" say "$2" --voice "${voice:-slt}" --out "$work/sentence-$1.wav" >"$work/say.log" 2>&1 || die "offhook say failed: $(tail -n 1 "$work/say.log")"
    mv "$work/sentence-$1.wav" "$recording"
  fi
  sentences+=(--look-for "$1=$recording")
}
# opening_hours: adds the greeting and the two possible replies of the embedded receptionist about the opening hours. opening_hours_heard: checks that
# the caller heard one of the replies.
opening_hours() {
  sentence hello 'Hello, this is Blue River Bicycles.'
  sentence hours 'We are open from nine in the morning to six in the evening,'
  sentence others 'Our hours are nine to six from Monday to Friday,'
}
opening_hours_heard() {
  [ "$(found hours likeness)" -ge 60 ] || [ "$(found others likeness)" -ge 60 ] || die "the caller did not hear the opening hours: $(cat "$work/report.json")"
}
# found NAME MEMBER: prints a member of a found sentence: at_ms, ends_ms, likeness, worst, weak, jumps (tests/caller/recording_search.hpp).
found() {
  local value
  value=$(sed -n 's/.*"'"$1"'":{[^}]*"'"$2"'":\(-\{0,1\}[0-9]*\)[,}].*/\1/p' "$work/report.json")
  echo "${value:--1}"
}
# search_in WAV: searches the sentences in another recording, and replaces $work/report.json by the result.
search_in() { "$caller_program" --search "$1" "${sentences[@]}" >"$work/report.json" 2>&1 || die "the search for the sentences failed: $(cat "$work/report.json")"; }
# heard_whole NAME...: checks that the caller heard each sentence from the first to the last whole fifth of a second. Allows at most three jumps in
# time, and at most one fifth of a second that a lost or late packet has changed. Short words resemble other words, so the mean likeness, without the
# cost of the jumps, must also be high.
# heard_not NAME...: checks that the caller did not hear most of each sentence.
heard_whole() {
  local name
  for name in "$@"; do
    [ "$(found "$name" worst)" -ge 50 ] && [ "$(found "$name" weak)" -le 1 ] && [ "$(found "$name" jumps)" -le 3 ] &&
      [ $(($(found "$name" likeness) + 15 * $(found "$name" jumps))) -ge 80 ] || die "the caller did not hear all of \"$name\": $(cat "$work/report.json")"
  done
}
heard_not() {
  local name
  for name in "$@"; do [ "$(found "$name" likeness)" -lt 60 ] || die "the caller heard \"$name\", which the agent should not have spoken: $(cat "$work/report.json")"; done
}
# gap ONE OTHER: prints the milliseconds from the end of the sentence ONE to the beginning of the sentence OTHER.
gap() { echo $(($(found "$2" at_ms) - $(found "$1" ends_ms))); }
# telephone_heard TELEPHONE NAME...: checks that the telephone's own recording has most of each sentence. The telephone omits late audio.
telephone_heard() {
  local recording name
  recording=$(find "$work/$1/heard" -name '*-dec.wav' -size +1k -print -quit)
  [ -n "$recording" ] || die "$1 has no recording"
  search_in "$recording"
  shift
  for name in "$@"; do [ "$(found "$name" likeness)" -ge 80 ] || die "the telephone did not hear \"$name\": $(cat "$work/report.json")"; done
}
