#include <offhook/tools/commands.hpp>

#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/agent/demo/wav_files.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace offhook::tools {

int say(const SayArguments& arguments) {
  const auto lines = agent::demo::prepare_lines({arguments.text}, arguments.voice);
  if (!lines) {
    fmt::print(stderr, "offhook say: {}\n", lines.error().detail);
    return kFailed;
  }
  constexpr unsigned kPerMs = agent::demo::kSpeechRate / 1000;
  std::vector<std::int16_t> pcm(std::size_t{arguments.lead_ms} * kPerMs);
  pcm.insert(pcm.end(), lines->front().pcm.begin(), lines->front().pcm.end());
  pcm.resize(pcm.size() + std::size_t{arguments.pad_ms} * kPerMs);
  if (const auto written = agent::demo::write_speech(arguments.out, pcm, arguments.rate_hz); !written) {
    fmt::print(stderr, "offhook say: {}\n", written.error().detail);
    return kFailed;
  }
  fmt::print("{}: {:.1f} s at {} Hz\n", arguments.out, static_cast<double>(pcm.size()) / agent::demo::kSpeechRate, arguments.rate_hz);
  return kOk;
}

}  // namespace offhook::tools
