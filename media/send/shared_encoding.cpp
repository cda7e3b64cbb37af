#include <offhook/media/send/shared_encoding.hpp>

#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {

void SharedEncoding::next(std::span<const std::int16_t> frame) noexcept {
  newest_ = 1 - newest_;
  const auto samples = std::min(frame.size(), samples_);
  std::fill(std::copy_n(frame.begin(), samples, frames_[newest_].begin()), frames_[newest_].end(), std::int16_t{0});
  narrow_runs_ = std::exchange(narrow_fresh_, false);
  for (Law& law : laws_) law.fresh = false;
}

std::span<const std::int16_t> SharedEncoding::narrow() noexcept {
  if (!std::exchange(narrow_fresh_, true)) {
    // No listener used the previous frame. The filter must process its end, or there would be a click.
    if (!narrow_runs_) to_narrow_.process(before(), narrow_);
    to_narrow_.process(std::span(frames_[newest_]).first(samples_), narrow_);
  }
  return narrow_;
}

base::Bytes SharedEncoding::octets(AudioCodec codec) noexcept {
  if (codec != AudioCodec::Pcmu && codec != AudioCodec::Pcma) return {};
  Law& law = laws_[codec == AudioCodec::Pcmu ? 0 : 1];
  if (std::exchange(law.fresh, true)) {
    ++spared_;
    return law.octets;
  }
  // The sizes match one frame. Therefore the encoders do not refuse.
  static_cast<void>(codec == AudioCodec::Pcmu ? encode_mulaw(narrow(), law.octets) : encode_alaw(narrow(), law.octets));
  ++encoded_;
  return law.octets;
}

}  // namespace offhook::inline v0::media
