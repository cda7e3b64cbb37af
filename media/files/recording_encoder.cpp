#include <offhook/media/files/recording_encoder.hpp>

#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::media {
namespace {

constexpr bool is_rate(std::uint32_t rate_hz) { return rate_hz == 8000 || rate_hz == 16000 || rate_hz == 24000; }

RecordingShape checked(RecordingShape shape) {
  if (!is_rate(shape.rate_hz)) shape.rate_hz = 16000;
  const std::uint64_t wav_frames = kMaxWavDataOctets / (shape.rate_hz / 50 * 4);
  if (shape.most_frames == 0 || shape.most_frames > wav_frames) shape.most_frames = wav_frames;
  return shape;
}

}  // namespace

RecordingEncoder::RecordingEncoder(RecordingShape shape, std::uint32_t serial) : shape_(checked(shape)) {
  const std::size_t samples = shape_.rate_hz / 50;
  for (Voice* voice : {&left_, &right_, &silence_}) voice->assign(samples, 0);
  if (shape_.format == RecordingFormat::OggOpus) ogg_.emplace(serial, shape_.rate_hz, shape_.bitrate);
}

void RecordingEncoder::begin(std::vector<std::uint8_t>& out) {
  if (ogg_) return ogg_->begin(out);
  const auto header = wav_header({.rate_hz = shape_.rate_hz, .channels = 2}, 0);
  out.insert(out.end(), header.begin(), header.end());
}

void RecordingEncoder::add(const RecordedFrame& frame, std::vector<std::uint8_t>& out) {
  if (!is_rate(frame.rate_hz) || (next_tick_ && frame.tick < *next_tick_)) {
    ++counters_.refused;
    return;
  }
  fill_gap(frame.tick, out);
  next_tick_ = frame.tick + 1;
  if (!take_room()) return;
  if (frame.rate_hz != rate_hz_) {
    rate_hz_ = frame.rate_hz;
    left_resampler_.reset();
    right_resampler_.reset();
  }
  convert(frame.caller(), left_resampler_, left_);
  convert(frame.agent(), right_resampler_, right_);
  put(left_, right_, out);
}

void RecordingEncoder::fill_gap(std::uint64_t tick, std::vector<std::uint8_t>& out) {
  if (!next_tick_) return;
  const std::uint64_t missing = tick - *next_tick_, filled = std::min(missing, kMaxGapTicks);
  counters_.cut += missing - filled;
  for (std::uint64_t i = 0; i < filled && take_room(); ++i) {
    put(silence_, silence_, out);
    ++counters_.silent;
  }
}

bool RecordingEncoder::take_room() {
  if (counters_.frames < shape_.most_frames) return true;
  ++counters_.refused;
  return false;
}

/// Converts `pcm`, which may have any length, to 20 ms at the file's rate.
void RecordingEncoder::convert(std::span<const std::int16_t> pcm, std::optional<Resampler>& resampler, Voice& voice) {
  std::array<std::int16_t, kMaxFrameSamples> whole{};
  const std::size_t samples = rate_hz_ / 50;
  std::copy_n(pcm.begin(), std::min(pcm.size(), samples), whole.begin());
  const auto in = std::span(whole).first(samples);
  if (rate_hz_ == shape_.rate_hz) {
    voice.assign(in.begin(), in.end());
    return;
  }
  if (!resampler) resampler.emplace(rate_hz_, shape_.rate_hz);
  resampler->process(in, voice);
}

void RecordingEncoder::put(const Voice& left, const Voice& right, std::vector<std::uint8_t>& out) {
  ++counters_.frames;
  if (ogg_) return ogg_->add(left, right, out);
  std::array<std::int16_t, 2 * kMaxFrameSamples> both;
  for (std::size_t i = 0; i < left.size(); ++i) {
    both[2 * i] = left[i];
    both[2 * i + 1] = right[i];
  }
  append_wav_samples(std::span(both).first(2 * left.size()), out);
}

void RecordingEncoder::flush(std::vector<std::uint8_t>& out) {
  if (ogg_) ogg_->flush(out);
}

void RecordingEncoder::finish(std::vector<std::uint8_t>& out) {
  if (ogg_) ogg_->finish(out);
}

}  // namespace offhook::inline v0::media
