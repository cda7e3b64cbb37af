#include <offhook/media/send/playout.hpp>

#include <offhook/media/files/prompt.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace offhook::inline v0::media {
namespace {

void copy_padded(const PlayoutFrame& frame, std::span<std::int16_t> out) {
  const auto samples = std::min({std::size_t{frame.samples}, frame.pcm.size(), out.size()});
  std::copy_n(frame.pcm.begin(), samples, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(samples), out.end(), std::int16_t{0});
}

std::int16_t part_of(std::int16_t sample, std::size_t part, std::size_t whole) {
  return static_cast<std::int16_t>(std::int32_t{sample} * static_cast<std::int32_t>(part) / static_cast<std::int32_t>(whole));
}

}  // namespace

std::span<const std::int16_t> Playout::pull(std::uint64_t tick, std::uint64_t wire_tick, std::span<std::int16_t> out) {
  drop_played();
  said_ = true;
  music_plain_ = false;
  if (fade_pending_) {
    fade_pending_ = false;
    copy_padded(fade_frame_, out);
    apply_gain(out);
    fade_to_silence(out);
    gain_ = target_gain_ = 1.0F;
    return out;
  }
  if (paused()) {
    said_ = pull_paused(out);
    return out;
  }
  const PlayoutFrame* const frame = next_frame();
  if (frame == nullptr) {
    // If the conversation is late, the stream continues with silence: NATs and many PBXs need a continuous stream.
    music_sounds_ = play_music(tick, out);
    if (!music_sounds_) std::fill(out.begin(), out.end(), std::int16_t{0});
    gain_ = target_gain_;
    said_ = false;
    return out;
  }
  if (ducked() && frame->utterance != ducked_utterance_) {
    gain_ = target_gain_ = 1.0F;  // The utterance over which the caller spoke has ended.
  }
  note_sent(*frame, tick, wire_tick);
  played_ = true;
  if (gain_ == 1.0F && target_gain_ == 1.0F && !music_on_ && frame->samples == out.size()) return std::span(frame->pcm).first(out.size());
  copy_padded(*frame, out);
  apply_gain(out);
  if (std::exchange(music_on_, false)) let_music_go(tick, out);
  return out;
}

/// Frees the ring's place that the last pull() returned, because its audio was sent.
void Playout::drop_played() {
  if (std::exchange(played_, false)) port_->playout.drop_front();
}

/// Plays one tick of a pause. The frame that fades does not count as sent: after the pause it is played again in full.
bool Playout::pull_paused(std::span<std::int16_t> out) {
  const PlayoutFrame* const frame = std::exchange(pause_faded_, true) ? nullptr : next_frame();
  if (frame != nullptr) {
    copy_padded(*frame, out);
    apply_gain(out);
    fade_to_silence(out);
  } else {
    std::fill(out.begin(), out.end(), std::int16_t{0});
  }
  gain_ = 0;
  if (--pause_left_ == 0) rise();
  return frame != nullptr;
}

/// Uses the tick as the number of the frame, so that all waiting callers hear the same music, and no call has a position of its own.
bool Playout::play_music(std::uint64_t tick, std::span<std::int16_t> out) {
  const bool on = port_->music && port_->waits.load(std::memory_order_relaxed);
  if (!on && !music_on_) return false;
  const auto pcm = port_->music->pcm(port_->rate_hz, tick);
  if (pcm.size() != out.size()) return false;
  std::copy(pcm.begin(), pcm.end(), out.begin());
  if (!on) fade_to_silence(out);
  if (!music_on_) fade_from_silence(out);
  music_plain_ = on && music_on_ && music_tick_ + 1 == tick;
  music_tick_ = tick;
  music_on_ = on;
  return true;
}

/// Fades out the music under the first frame of the agent's speech.
void Playout::let_music_go(std::uint64_t tick, std::span<std::int16_t> out) const {
  std::array<std::int16_t, kMaxFrameSamples> buffer;
  const auto pcm = port_->music->pcm(port_->rate_hz, tick);
  if (pcm.size() != out.size() || pcm.size() > buffer.size()) return;
  std::copy(pcm.begin(), pcm.end(), buffer.begin());
  fade_to_silence(std::span(buffer).first(pcm.size()));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::int16_t>(std::clamp(out[i] + buffer[i], -32768, 32767));
}

/// Returns the ring's first frame that was not flushed, and leaves it in the ring. Returns null if there is no such frame.
const PlayoutFrame* Playout::next_frame() {
  while (const PlayoutFrame* const frame = port_->playout.front()) {
    if (!flushed_any_ || frame->utterance > flushed_up_to_) return frame;
    port_->playout.drop_front();
  }
  return nullptr;
}

void Playout::note_sent(const PlayoutFrame& frame, std::uint64_t tick, std::uint64_t wire_tick) {
  const bool changed = !anything_sent_ || frame.utterance != utterance_ || frame.word != word_;
  const std::uint32_t before = anything_sent_ && frame.utterance == utterance_ ? samples_ : 0;
  samples_ = before + frame.samples;
  anything_sent_ = true;
  utterance_ = frame.utterance;
  word_ = frame.word;
  speaking_ = !frame.last;
  MediaEvent event;
  event.utterance = utterance_;
  event.word = word_;
  event.tick = tick;
  event.at_tick = wire_tick;
  if (changed) {
    event.kind = MediaEvent::Kind::Sent;
    event.samples = before;
    events_->push(event);
  }
  if (frame.last) {
    event.kind = MediaEvent::Kind::UtteranceSent;
    event.samples = samples_;
    events_->push(event);
  }
}

void Playout::duck() {
  if (!speaking_) return;
  target_gain_ = kDuckGain;
  ducked_utterance_ = utterance_;
}

void Playout::pause() {
  if (!speaking_ || paused()) return;
  pause_left_ = kMaxPauseTicks;
  pause_faded_ = false;
}

void Playout::rise() {
  pause_left_ = 0;
  target_gain_ = 1.0F;
}

void Playout::flush(std::uint32_t utterance, std::uint64_t tick, bool audible) {
  drop_played();
  flushed_up_to_ = flushed_any_ ? std::max(flushed_up_to_, utterance) : utterance;
  flushed_any_ = true;
  const bool cut_short = speaking_ && utterance_ <= flushed_up_to_;
  drop_flushed(cut_short && audible && !paused());
  report_flushed(utterance, tick, cut_short);
  if (!audible) fade_pending_ = false;
  if (cut_short) {
    speaking_ = false;
    pause_left_ = 0;
    if (!fade_pending_) gain_ = target_gain_ = 1.0F;
  }
}

void Playout::drop_flushed(bool fade) {
  while (const PlayoutFrame* const frame = port_->playout.front()) {
    if (frame->utterance > flushed_up_to_) return;
    if (fade && !fade_pending_ && frame->utterance == utterance_) {
      fade_frame_ = *frame;  // The next frame of the utterance: a hard edge would click.
      fade_pending_ = true;
    }
    port_->playout.drop_front();
  }
}

void Playout::report_flushed(std::uint32_t utterance, std::uint64_t tick, bool cut_short) {
  MediaEvent event;
  event.kind = MediaEvent::Kind::Flushed;
  event.tick = event.at_tick = tick;
  if (cut_short && utterance_ != utterance) {
    event.utterance = utterance_;
    event.word = word_;
    event.samples = samples_;
    events_->push(event);
  }
  const bool of_this = anything_sent_ && utterance_ == utterance;
  event.utterance = utterance;
  event.word = of_this ? word_ : kNoWord;
  event.samples = of_this ? samples_ : 0;
  events_->push(event);
}

void Playout::apply_gain(std::span<std::int16_t> out) {
  if (gain_ == target_gain_) {
    if (gain_ == 1.0F) return;
    for (auto& sample : out) sample = static_cast<std::int16_t>(std::lrintf(static_cast<float>(sample) * gain_));
    return;
  }
  const float ramp_samples = static_cast<float>(port_->rate_hz) * static_cast<float>(kRampMs) / 1000.0F;
  const float step = (1.0F - kDuckGain) / ramp_samples;
  for (auto& sample : out) {
    gain_ = gain_ < target_gain_ ? std::min(gain_ + step, target_gain_) : std::max(gain_ - step, target_gain_);
    sample = static_cast<std::int16_t>(std::lrintf(static_cast<float>(sample) * gain_));
  }
}

std::size_t Playout::ramp_of(std::span<const std::int16_t> out) const {
  return std::min<std::size_t>(port_->rate_hz * kRampMs / 1000, out.size());
}

void Playout::fade_to_silence(std::span<std::int16_t> out) const {
  const auto ramp = ramp_of(out);
  for (std::size_t i = 0; i < ramp; ++i) out[i] = part_of(out[i], ramp - i, ramp);
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(ramp), out.end(), std::int16_t{0});
}

void Playout::fade_from_silence(std::span<std::int16_t> out) const {
  const auto ramp = ramp_of(out);
  for (std::size_t i = 0; i < ramp; ++i) out[i] = part_of(out[i], i, ramp);
}

}  // namespace offhook::inline v0::media
