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

/// One of flite's voices. Copies share it. synthesise() may be called from any thread, one at a time in the whole process: flite
/// counts references without a lock (its figure of 40 times faster than speech leaves room for that).
class FliteVoice {
 public:
  static constexpr std::uint32_t kRateHz = 16000;

  /// "slt" (female) or "rms" (male).
  [[nodiscard]] static base::Result<FliteVoice, base::Error> make(std::string_view name);

  /// Gets audio as it comes, the words with the first piece; counted from the first sample that it gets. False stops.
  using Sink = std::function<bool(std::span<const std::int16_t> pcm, std::vector<SpokenWord> words)>;

  /// Speaks one sentence. The pause that flite puts in front is cut to 10 ms, since a caller would hear it as delay. False when
  /// there was nothing to speak or the sink stopped it.
  [[nodiscard]] bool synthesise(std::string_view sentence, const Sink& sink) const;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  FliteVoice(std::string name, void* voice) : name_(std::move(name)), voice_(voice) {}
  std::string name_;
  void* voice_;  // A cst_voice that flite keeps for the life of the process.
};

}  // namespace offhook::inline v0::agent::embedded
