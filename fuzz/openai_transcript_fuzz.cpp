// The input is a response of /audio/transcriptions. Checks that the response gives exactly one final text or failure, and the same result
// however it is split.
#include <offhook/agent/providers/openai/transcription_answer.hpp>

#include "model_answers.hpp"

namespace agent = offhook::agent;
namespace openai = offhook::agent::openai;
using offhook::fuzz::require;

namespace {

std::string heard(std::string_view bytes, std::size_t step) {
  openai::TranscriptionAnswer answer;
  std::vector<agent::HeardEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += step) answer.on_bytes(bytes.substr(at, step), events);
  answer.on_end(events);
  std::string all;
  std::size_t ends = 0;
  for (const auto& event : events) {
    require(ends == 0);
    if (const auto* text = std::get_if<agent::HeardText>(&event)) {
      require(text->text.size() <= openai::TranscriptionAnswer::kMaxText);
      ends += text->final ? 1 : 0;
      all += text->text + '\0';
    } else {
      ++ends;
      all += std::get<agent::HearingFailed>(event).why;
    }
  }
  require(ends == 1);
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  require(heard(bytes, 1) == heard(bytes, std::max<std::size_t>(size, 1)));
  return 0;
}
