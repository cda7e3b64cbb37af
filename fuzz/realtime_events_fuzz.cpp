// The input is a frame of an OpenAI Realtime server. Checks that an accepted event is within its bounds.
#include "require.hpp"

#include <offhook/agent/providers/openai/realtime_events.hpp>

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace openai = offhook::agent::openai::realtime;
using offhook::fuzz::require;

namespace {

struct Bounds {
  void operator()(const openai::AudioDelta& e) const { require(!e.item_id.empty() && e.item_id.size() <= openai::kMaxId); }
  void operator()(const openai::TranscriptDelta& e) const { require(e.text.size() <= openai::kMaxText); }
  void operator()(const openai::TranscriptDone& e) const { require(e.text.size() <= openai::kMaxText); }
  void operator()(const openai::TextDelta& e) const { require(e.text.size() <= openai::kMaxText); }
  void operator()(const openai::UserTranscript& e) const { require(e.text.size() <= openai::kMaxText); }
  void operator()(const openai::ServerError& e) const { require(e.error.code.size() <= openai::kMaxId); }
  void operator()(const openai::ResponseDone& e) const {
    require(e.calls.size() <= openai::kMaxCalls && e.response_id.size() <= openai::kMaxId);
    for (const auto& call : e.calls) require(call.arguments.size() <= openai::kMaxArguments && call.call_id.size() <= openai::kMaxId);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static openai::EventParser parser;  // As in a session, one parser parses many frames. The data of one frame must not affect the next one.
  std::vector<std::uint8_t> audio;
  const auto event = parser.parse({reinterpret_cast<const char*>(data), size}, audio);
  if (!event) {
    require(audio.empty());
    return 0;
  }
  require(audio.empty() || std::holds_alternative<openai::AudioDelta>(*event));
  std::visit(Bounds{}, *event);
  return 0;
}
