# awk -f spacing.awk FORMATTED SOURCE: prints each line of SOURCE that differs from a line of FORMATTED only in its blanks. It ignores the
# indentation, lines that FORMATTED breaks elsewhere, and conditional operators, which stand in columns.
function stripped(line) { sub(/^ +/, "", line); return line }
function squeezed(line) { gsub(/ /, "", line); return line }
FNR == NR { text = stripped($0); known[text]; formatted[squeezed(text)] = text; next }
{
  text = stripped($0); key = squeezed(text)
  if (text in known || !(key in formatted) || text ~ /\?|^: /) next
  printf "%s:%d: write: %s\n", FILENAME, FNR, formatted[key]
  bad = 1
}
END { exit bad }
