// The input is Deepgram's response to a whole turn, and also a frame of its live listening. Checks that the turn ends exactly once, within
// its bounds, and with the same result however the response is split.
#include "require.hpp"

#include <offhook/agent/providers/deepgram/live_results.hpp>
#include <offhook/agent/providers/deepgram/whole_turn_answer.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using offhook::fuzz::require;

namespace {

std::string heard(std::string_view bytes, std::size_t step) {
  WholeTurnAnswer answer;
  std::vector<HeardEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += step) answer.on_bytes(bytes.substr(at, step), events);
  answer.on_end(events);
  require(events.size() == 1);
  if (const auto* failed = std::get_if<HearingFailed>(&events[0])) return "!" + failed->why;
  const auto& text = std::get<HeardText>(events[0]);
  require(text.final && text.text.size() <= WholeTurnAnswer::kMaxText && text.confidence >= 0 && text.confidence <= 1);
  return text.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  require(heard(bytes, 1) == heard(bytes, std::max<std::size_t>(size, 1)));
  static LiveReader reader;  // As on a socket, one reader parses many frames. The data of one frame must not affect the next one.
  const auto message = reader.parse(bytes);
  const Results* const results = message ? std::get_if<Results>(&*message) : nullptr;
  if (results == nullptr) return 0;
  for (const double seconds : {results->start, results->duration}) require(seconds >= 0 && seconds <= LiveReader::kMaxSeconds);
  require(results->transcript.size() <= LiveReader::kMaxTranscript && results->confidence >= 0 && results->confidence <= 1);
  return 0;
}
