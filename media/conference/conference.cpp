#include <offhook/media/conference/conference.hpp>

#include <cmath>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint32_t kRampMs = 5;       // a sudden change of the level would click
constexpr std::uint32_t kHangover = 25;    // frames in the mix after the last voice: word ends are quiet, and pauses between words are short

}  // namespace

Conference::Conference(std::uint32_t rate_hz, std::size_t max_members)
    : mixer_(rate_hz / 50, std::clamp(max_members, kMinMembers, kMaxMembers)), common_(rate_hz), ramp_samples_(rate_hz * kRampMs / 1000) {}

bool Conference::join(ConferenceSlot& slot) noexcept {
  if (members_ == max_members()) return false;
  ++members_;
  slot.level_ = 0;
  slot.open_ = 0;
  slot.turn_ = 0;
  return true;
}

void Conference::leave(ConferenceSlot&) noexcept { --members_; }

void Conference::begin() noexcept {
  mixer_.begin();
  voices_ = 0;
  ++turn_;
}

void Conference::say(ConferenceSlot& slot, const SaidFrame& frame) noexcept {
  slot.turn_ = turn_;
  slot.hears_ = Mixer::kEveryone;
  const bool heard = frame.pcm.size() == samples() && opens(slot, frame);
  const float to = heard ? slot.gain_.load(std::memory_order_relaxed) : 0;
  const float from = std::exchange(slot.level_, to);
  slot.voiced_ = frame.voiced && to > 0;
  voices_ += slot.voiced_ ? 1 : 0;
  if ((from == 0 && to == 0) || frame.pcm.size() != samples()) return;
  slot.hears_ = mixer_.speak(from == 1 && to == 1 ? frame.pcm : level(slot, frame.pcm, from, to));
}

bool Conference::opens(ConferenceSlot& slot, const SaidFrame& frame) const noexcept {
  if (frame.voiced) slot.open_ = kHangover + 1;
  const bool spoke_lately = slot.open_ > 0;
  if (spoke_lately) --slot.open_;
  return !frame.silent && !frame.echo && (spoke_lately || members_ <= kAllOpen);
}

std::span<const std::int16_t> Conference::level(ConferenceSlot& slot, std::span<const std::int16_t> pcm, float from,
                                                float to) const noexcept {
  const auto out = std::span(slot.leveled_).first(pcm.size());
  const auto at = [&](std::size_t i, float gain) {
    out[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(static_cast<float>(pcm[i]) * gain, -32768.0F, 32767.0F)));
  };
  const std::size_t ramp = from == to ? 0 : ramp_samples_;
  const float step = (to - from) / static_cast<float>(ramp_samples_);
  for (std::size_t i = 0; i < ramp; ++i) at(i, from + step * static_cast<float>(i + 1));
  for (std::size_t i = ramp; i < pcm.size(); ++i) at(i, to);
  return out;
}

void Conference::mix() noexcept {
  mixer_.mix();
  common_.next(mixer_.heard(Mixer::kEveryone));
}

OthersFrame Conference::others(const ConferenceSlot& slot) noexcept {
  const auto hears = slot.turn_ == turn_ ? slot.hears_ : Mixer::kEveryone;
  return {.pcm = mixer_.heard(hears), .common = &common_, .is_common = hears == Mixer::kEveryone};
}

bool Conference::others_speak(const ConferenceSlot& slot) const noexcept {
  return voices_ > (slot.turn_ == turn_ && slot.voiced_ ? 1U : 0U);
}

}  // namespace offhook::inline v0::media
