// The input is the audio of /audio/speech. Checks that the samples are the same however the audio is split.
#include <offhook/agent/providers/speech_decoder.hpp>

#include "model_answers.hpp"

namespace agent = offhook::agent;
using offhook::fuzz::require;

namespace {

std::vector<std::int16_t> decode(std::string_view bytes, std::size_t step, bool& failed) {
  agent::SpeechDecoder decoder(24000);
  std::vector<std::int16_t> pcm;
  for (std::size_t at = 0; at < bytes.size() && !failed; at += step) {
    const auto trouble = decoder.feed(bytes.substr(at, step), pcm);
    failed = trouble.has_value();
    if (trouble) require(!trouble->why.empty());
  }
  if (!failed) decoder.finish(pcm);
  require(decoder.samples() == pcm.size() && pcm.size() <= bytes.size() / 2);
  return pcm;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bool failed_at_once = false, failed = false;
  const auto at_once = decode(bytes, std::max<std::size_t>(size, 1), failed_at_once);
  const auto by_octets = decode(bytes, 1, failed);
  if (size <= agent::SpeechDecoder::kMaxWavHead) require(failed == failed_at_once && by_octets == at_once);
  return 0;
}
