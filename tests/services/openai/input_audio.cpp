#include <offhook/tests/services/openai/input_audio.hpp>

#include <offhook/base/base64.hpp>
#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace offhook::services::openai {

namespace {
constexpr unsigned kFrameMs = 20, kOnsetVoiced = 3, kOnsetWindow = 0xF;  // Speech starts when three of four frames are voiced.
}

bool InputAudio::append(std::string_view base64, bool& voiced, std::vector<Event>& events) {
  octets_.resize(base::base64_decoded_size(base64));
  const auto decoded = base::decode_base64(base64, octets_);
  if (!decoded) return false;
  octets_total_ += octets_.size();
  const std::size_t frame_octets = rate_of(format_) / 1000 * kFrameMs * octets_per_sample(format_);
  for (std::span<const std::uint8_t> rest(octets_); !rest.empty();) {
    const std::size_t take = std::min(frame_octets - std::min(frame_.size(), frame_octets - 1), rest.size());
    frame_.insert(frame_.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(take));
    rest = rest.subspan(take);
    if (frame_.size() < frame_octets) break;
    samples_ += rate_of(format_) / 1000 * kFrameMs;
    buffered_ += rate_of(format_) / 1000 * kFrameMs;
    const bool loud = frame_is_voiced();
    voiced = voiced || loud;
    if (vad_.on) on_frame(loud, events);
    frame_.clear();
  }
  return true;
}

bool InputAudio::frame_is_voiced() const {
  std::int64_t energy = 0;
  std::int64_t count = 0;
  if (format_ == AudioFormat::Pcm24) {
    for (std::size_t i = 0; i + 1 < frame_.size(); i += 2, ++count) {
      const auto sample = static_cast<std::int16_t>(frame_[i] | frame_[i + 1] << 8U);
      energy += std::int64_t{sample} * sample;
    }
  } else {
    std::int16_t pcm[rate_of(AudioFormat::Pcmu) / 1000 * kFrameMs];
    const auto done = format_ == AudioFormat::Pcmu ? media::decode_mulaw(frame_, pcm) : media::decode_alaw(frame_, pcm);
    count = done ? static_cast<std::int64_t>(*done) : 0;
    for (std::int64_t i = 0; i < count; ++i) energy += std::int64_t{pcm[i]} * pcm[i];
  }
  return energy > count * voice_rms_ * voice_rms_;
}

void InputAudio::on_frame(bool voiced, std::vector<Event>& events) {
  window_ = (window_ << 1U | (voiced ? 1U : 0U)) & kOnsetWindow;
  silent_frames_ = voiced ? 0 : silent_frames_ + 1;
  if (!speaking_ && static_cast<unsigned>(std::popcount(window_)) >= kOnsetVoiced) {
    speaking_ = true;
    const auto frames_back = static_cast<std::uint64_t>(std::bit_width(window_));
    const std::uint64_t prefix = frames_back * kFrameMs + static_cast<std::uint64_t>(vad_.prefix_ms);
    started_ms_ = total_ms() - std::min(total_ms(), prefix);
    events.push_back(Event::Started);
  } else if (speaking_ && silent_frames_ * kFrameMs >= static_cast<unsigned>(vad_.silence_ms)) {
    speaking_ = false;
    window_ = 0;
    events.push_back(Event::Stopped);
  }
}

void InputAudio::clear() {
  buffered_ = 0;
  speaking_ = false;
  window_ = 0;
  silent_frames_ = 0;
}

}  // namespace offhook::services::openai
