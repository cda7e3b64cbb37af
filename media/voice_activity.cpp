#include <offhook/media/voice_activity.hpp>

#include <offhook/media/level.hpp>

#include <algorithm>
#include <bit>
#include <memory>

#include <webrtc/modules/audio_processing/include/audio_processing.h>
#include <webrtc/modules/interface/module_common_types.h>

namespace offhook::inline v0::media {
namespace {

constexpr std::int16_t kNoVoiceBelowDbov =
    -60;  // The idle noise of a digital line, which the detector sometimes takes for voice.

}  // namespace

class VoiceActivity::Impl {
 public:
  explicit Impl(std::uint32_t rate_hz)
      : rate_hz_(rate_hz == 16000 ? 16000 : 8000), processing_(webrtc::AudioProcessing::Create()) {
    auto* detection = processing_->voice_detection();
    detection->Enable(true);
    detection->set_likelihood(webrtc::VoiceDetection::kLowLikelihood);
    half_.num_channels_ = 1;
    half_.sample_rate_hz_ = static_cast<int>(rate_hz_);
    half_.samples_per_channel_ = static_cast<int>(rate_hz_ / 100);
    std::fill_n(half_.data_, half_.samples_per_channel_, std::int16_t{0});
    processing_->ProcessStream(&half_);   // Allocates its buffers now, not on the audio thread.
  }

  bool process(std::span<const std::int16_t> frame) noexcept {
    const std::size_t half = rate_hz_ / 100;   // The detector takes 10 ms.
    if (frame.size() != 2 * half) return false;
    const bool first = voiced(frame.first(half));
    const bool second = voiced(frame.last(half));   // Both always run: the detector adapts.
    return (first || second) && level_dbov(frame) >= kNoVoiceBelowDbov;
  }

 private:
  bool voiced(std::span<const std::int16_t> half) {
    std::copy(half.begin(), half.end(), half_.data_);
    return processing_->ProcessStream(&half_) == webrtc::AudioProcessing::kNoError &&
           processing_->voice_detection()->stream_has_voice();
  }

  std::uint32_t rate_hz_;
  std::unique_ptr<webrtc::AudioProcessing> processing_;
  webrtc::AudioFrame half_;
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
  const auto frames_back = static_cast<std::uint64_t>(std::bit_width(recent));   // to the first voiced one, itself included
  return Event{Event::Kind::Started, position_ - std::min<std::uint64_t>(position_, frames_back * samples)};
}

}  // namespace offhook::inline v0::media
