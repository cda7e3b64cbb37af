#include <offhook/media/voice_activity.hpp>

#include <offhook/media/level.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

// The library has them for all to call, but in no header of its own: the C interface of WebRTC's detector as it is since 2011. By way
// of webrtc::AudioProcessing, which calls them too, each call would take 63 KB more.
extern "C" {
struct WebRtcVadInst;
WebRtcVadInst* WebRtcVad_Create();
void WebRtcVad_Free(WebRtcVadInst* vad);
int WebRtcVad_Init(WebRtcVadInst* vad);
int WebRtcVad_set_mode(WebRtcVadInst* vad, int mode);
int WebRtcVad_Process(WebRtcVadInst* vad, int rate_hz, const std::int16_t* frame, std::size_t samples);
}

namespace offhook::inline v0::media {
namespace {

constexpr std::int16_t kNoVoiceBelowDbov =
    -60;  // The idle noise of a digital line, which the detector sometimes takes for voice.
constexpr int kAggressive = 2;  // Of 0 to 3.

}  // namespace

class VoiceActivity::Impl {
 public:
  explicit Impl(std::uint32_t rate_hz) : rate_hz_(rate_hz == 16000 ? 16000 : 8000), vad_(WebRtcVad_Create()) {
    if (vad_ == nullptr) throw std::bad_alloc();
    WebRtcVad_Init(vad_.get());
    WebRtcVad_set_mode(vad_.get(), kAggressive);
  }

  bool process(std::span<const std::int16_t> frame) noexcept {
    const std::size_t half = rate_hz_ / 100;   // The detector takes 10 ms.
    if (frame.size() != 2 * half) return false;
    const bool first = voiced(frame.first(half));
    const bool second = voiced(frame.last(half));   // Both always run: the detector adapts.
    return (first || second) && level_dbov(frame) >= kNoVoiceBelowDbov;
  }

 private:
  struct Free {
    void operator()(WebRtcVadInst* vad) const { WebRtcVad_Free(vad); }
  };
  bool voiced(std::span<const std::int16_t> half) noexcept {
    return WebRtcVad_Process(vad_.get(), static_cast<int>(rate_hz_), half.data(), half.size()) == 1;
  }

  std::uint32_t rate_hz_;
  std::unique_ptr<WebRtcVadInst, Free> vad_;
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
