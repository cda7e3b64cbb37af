#include <offhook/media/detect/voice_activity.hpp>

#include <offhook/media/detect/detail/voice_lanes.hpp>
#include <offhook/media/detect/detail/narrow_frame.hpp>

#include <algorithm>
#include <bit>

namespace offhook::inline v0::media {

class VoiceActivity::Impl {
 public:
  explicit Impl(std::uint32_t rate_hz) : samples_(rate_hz == 16000 ? 320 : 160) { detail::begin_voice(solo_.rows.data(), 1); }

  bool process(std::span<const std::int16_t> frame) noexcept {
    if (frame.size() != samples_) return false;
    std::int16_t* to = &solo_.line[detail::kPastSamples];
    detail::each_narrow_sample(frame, [to](std::size_t i, std::int16_t sample) { to[i] = sample; });
    return detail::judge_alone(solo_);
  }

 private:
  std::size_t samples_;
  detail::VoiceSolo solo_;
};

VoiceActivity::VoiceActivity(std::uint32_t rate_hz) : impl_(std::make_unique<Impl>(rate_hz)) {}
VoiceActivity::~VoiceActivity() = default;
VoiceActivity::VoiceActivity(VoiceActivity&&) noexcept = default;
VoiceActivity& VoiceActivity::operator=(VoiceActivity&&) noexcept = default;

bool VoiceActivity::process(std::span<const std::int16_t> frame) noexcept { return impl_->process(frame); }

SpeechDetector::SpeechDetector(SpeechOptions options) : options_(options) { set_options(options); }

void SpeechDetector::set_options(SpeechOptions options) noexcept {
  options.onset_window = std::clamp(options.onset_window, 1u, kMaxOnsetWindow);
  options.onset_voiced = std::clamp(options.onset_voiced, 1u, options.onset_window);
  options.hangover = std::max(options.hangover, 1u);
  options_ = options;
}

void SpeechDetector::reset() noexcept {
  window_ = 0;
  speaking_ = false;
  unvoiced_ = 0;
}

std::optional<SpeechDetector::Event> SpeechDetector::process(bool voiced, std::size_t samples) noexcept {
  position_ += samples;
  window_ = window_ << 1 | (voiced ? 1u : 0u);
  if (voiced) voiced_end_ = position_;
  if (speaking_) {
    unvoiced_ = voiced ? 0 : unvoiced_ + 1;
    if (unvoiced_ < options_.hangover) return std::nullopt;
    reset();
    return Event{Event::Kind::Stopped, voiced_end_};
  }
  const std::uint32_t recent = options_.onset_window == 32 ? window_ : window_ & ((1u << options_.onset_window) - 1);
  if (static_cast<unsigned>(std::popcount(recent)) < options_.onset_voiced) return std::nullopt;
  speaking_ = true;
  unvoiced_ = 0;
  const auto frames_back = static_cast<std::uint64_t>(std::bit_width(recent));   // back to the first voiced frame, including it
  return Event{Event::Kind::Started, position_ - std::min<std::uint64_t>(position_, frames_back * samples)};
}

}  // namespace offhook::inline v0::media
