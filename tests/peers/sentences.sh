# Sentences that are looked for, by correlation, in what somebody heard. A recogniser understands what is nearly right, and not always what is right.
# sentence NAME TEXT: looked for, by correlation, in what the caller hears. TEXT is what the voice gets at once: by Realtime a whole
# reply, of a cascade a clause.
sentences=()
sentence() {
  "$offhook" say "$2" --voice "${voice:-slt}" --out "$work/sentence-$1.wav" >"$work/say.log" 2>&1 || die "offhook say: $(tail -n 1 "$work/say.log")"
  sentences+=(--look-for "$1=$work/sentence-$1.wav")
}
# opening_hours: the sentences of the embedded receptionist who is asked for them; opening_hours_heard: one of its two replies was.
opening_hours() {
  sentence hello 'Hello, this is Blue River Bicycles.'
  sentence hours 'We are open from nine in the morning to six in the evening,'
  sentence others 'Our hours are nine to six from Monday to Friday,'
}
opening_hours_heard() {
  [ "$(found hours likeness)" -ge 60 ] || [ "$(found others likeness)" -ge 60 ] || die "the opening hours were not heard: $(cat "$work/report.json")"
}
# found NAME MEMBER: of a sentence: at_ms, ends_ms, likeness, worst, weak, jumps (tests/caller/recording_search.hpp).
found() {
  local value
  value=$(sed -n 's/.*"'"$1"'":{[^}]*"'"$2"'":\(-\{0,1\}[0-9]*\)[,}].*/\1/p' "$work/report.json")
  echo "${value:--1}"
}
# search_in WAV: the sentences in another recording, with the report in the same place.
search_in() { "$caller_program" --search "$1" "${sentences[@]}" >"$work/report.json" 2>&1 || die "search: $(cat "$work/report.json")"; }
# heard_whole NAME...: from the first to the last whole fifth of a second, with three places at most where the line was held up, and one fifth at
# most that a lost or late packet has changed. Short words are somewhat like others: they are to be alike in the mean, but for what each jump takes.
# heard_not NAME...: not most of it.
heard_whole() {
  local name
  for name in "$@"; do
    [ "$(found "$name" worst)" -ge 50 ] && [ "$(found "$name" weak)" -le 1 ] && [ "$(found "$name" jumps)" -le 3 ] &&
      [ $(($(found "$name" likeness) + 15 * $(found "$name" jumps))) -ge 80 ] || die "the caller did not hear all of \"$name\": $(cat "$work/report.json")"
  done
}
heard_not() {
  local name
  for name in "$@"; do [ "$(found "$name" likeness)" -lt 60 ] || die "the caller heard \"$name\": $(cat "$work/report.json")"; done
}
# gap ONE OTHER: milliseconds from the end of one sentence to the beginning of another.
gap() { echo $(($(found "$2" at_ms) - $(found "$1" ends_ms))); }
# telephone_heard TELEPHONE NAME...: most of each sentence stands in the telephone's own recording. Its jitter buffer leaves out what came late.
telephone_heard() {
  local recording name
  recording=$(find "$work/$1/heard" -name '*-dec.wav' -size +1k -print -quit)
  [ -n "$recording" ] || die "$1 recorded nothing"
  search_in "$recording"
  shift
  for name in "$@"; do [ "$(found "$name" likeness)" -ge 80 ] || die "the telephone did not hear \"$name\": $(cat "$work/report.json")"; done
}
