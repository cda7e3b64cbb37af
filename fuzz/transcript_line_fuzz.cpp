// The input is a line of a transcript. It is used once unchanged and once with a correct checksum. Checks that a parsed line does not
// change when it is written and parsed again, and that its display sends no control sequences to the terminal.
#include "require.hpp"

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/transcripts/transcript_line.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent::transcripts;
using offhook::fuzz::require;

namespace {

bool is_one_line(std::string_view shown) {
  const auto end = std::find_if(shown.begin(), shown.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
  return end + 1 == shown.end() && *end == '\n';
}

void judge(std::string_view json) {
  const auto line = parse_line(json);
  if (!line) return;
  require(is_one_line(readable(*line)) && is_one_line(readable_in_call(*line)));
  const std::string written = to_json(*line);
  require(is_one_line(written));
  const auto again = parse_line(std::string_view(written).substr(0, written.size() - 1));
  require(again && again->time == line->time && again->speaker == line->speaker && again->turn == line->turn);
  require(again->at_ms == line->at_ms && again->interrupted == line->interrupted);
  require(again->text.size() <= line->text.size() && again->text.size() <= kMaxTextBytes + 3);
  CallList list(1);
  list.add(*line);
  const auto calls = list.take();
  require(calls.size() == 1 && is_one_line(table_row(calls.front())) && is_one_line(table_row(calls.front(), 80)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  judge(text);
  std::string sealed = offhook::agent::seal(std::string(text));  // seal() needs an object without its closing brace.
  sealed.pop_back();
  judge(sealed);
  return 0;
}
