#include <offhook/agent/demo/prepare_lines.hpp>

#include <offhook/agent/providers/embedded/provider.hpp>

#include <chrono>
#include <thread>

namespace offhook::inline v0::agent::demo {

namespace {
constexpr auto kLimit = std::chrono::seconds(30);
}

base::Result<std::vector<Line>, base::Error> prepare_lines(const std::vector<std::string>& texts, std::string_view voice) {
  const auto pool = std::make_shared<WorkPool>();
  auto speaker = embedded::make_flite_speaker(pool, voice, [] {});
  if (!speaker) return base::fail(speaker.error());
  std::vector<Line> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    lines.push_back({texts[i], {}});
    (*speaker)->speak(static_cast<std::uint32_t>(i + 1), texts[i]);
  }
  std::size_t done = 0;
  for (const auto end = base::Clock::now() + kLimit; done < texts.size();) {
    const auto event = (*speaker)->poll();
    if (!event) {
      if (base::Clock::now() > end) return base::fail(base::Error{"demo", 2, "the voice " + std::string(voice) + " did not speak in time"});
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    } else if (const auto* audio = std::get_if<SpeechAudio>(&*event)) {
      auto& pcm = lines[audio->utterance - 1].pcm;
      pcm.insert(pcm.end(), audio->pcm.begin(), audio->pcm.end());
    } else if (const auto* failed = std::get_if<SpeakFailed>(&*event)) {
      return base::fail(base::Error{"demo", 3, "the voice " + std::string(voice) + " failed: " + failed->why});
    } else {
      ++done;
    }
  }
  return lines;
}

}  // namespace offhook::inline v0::agent::demo
