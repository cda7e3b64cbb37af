#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// One of flite's voices; copies share it. Any thread may invoke synthesise(), but only one invocation runs at a time in the whole process, because
/// flite counts references without a lock. This does not limit the number of calls much, because synthesis is 40 times faster than speech.
class FliteVoice {
 public:
  static constexpr std::uint32_t kRateHz = 16000;

  /// Returns the voice "slt" (female) or "rms" (male).
  [[nodiscard]] static base::Result<FliteVoice, base::Error> make(std::string_view name);

  /// Gets each piece of a sentence's audio; the first piece comes with all words. The positions of words count from the first sample
  /// that the sink gets. The sink returns false to stop the synthesis.
  using Sink = std::function<bool(std::span<const std::int16_t> pcm, std::vector<SpokenWord> words)>;

  /// Speaks one sentence. Cuts the pause that flite puts at the front to 10 ms, because the caller would hear it as delay. Returns
  /// false if there was nothing to speak, or if the sink stopped the synthesis.
  [[nodiscard]] bool synthesise(std::string_view sentence, const Sink& sink) const;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  FliteVoice(std::string name, void* voice) : name_(std::move(name)), voice_(voice) {}
  std::string name_;
  void* voice_;  // a cst_voice, which flite keeps until the process ends
};

}  // namespace offhook::inline v0::agent::embedded
