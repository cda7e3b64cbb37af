#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>
#include <cstdint>

/// The deadlines of the parts that make a reply. Pure: no I/O, no clock.
namespace offhook::inline v0::agent {

/// The deadline for the thinker's next output.
class ThinkerDeadline {
 public:
  ThinkerDeadline(base::Duration think, base::Duration stall, base::Duration tool) : think_(think), stall_(stall), tool_(tool) {}

  /// The thinker gets a turn.
  void begin(base::TimePoint now, bool awaits_tool) {
    await_begin(now, awaits_tool);
  }
  /// The thinker waits for a tool, or got the outcome of one: its next output is a beginning.
  void await_begin(base::TimePoint now, bool awaits_tool) {
    has_begun_ = false;
    await(now, awaits_tool);
  }
  /// A thinker is not slow while it waits for a tool, or for the caller's answer to the tool's question.
  void await(base::TimePoint now, bool awaits_tool) {
    since_ = now;
    at_ = now + (awaits_tool ? tool_ : think_);
  }
  void on_text(base::TimePoint now, bool awaits_tool) {
    await(now, awaits_tool);
    has_begun_ = true;
  }
  /// The thinker has begun and may be silent for the stall time from now on. It keeps the deadline for its first words.
  void end_by_stall(base::TimePoint now) { end_by(now + stall_); }
  void end_by(base::TimePoint at) { at_ = std::min(since_ + think_, at); }
  void try_again(base::TimePoint now) { await_begin(now, false); }
  /// The thinker gets the time for its first words.
  void wait() { at_ = since_ + think_; }
  void set(base::TimePoint at) { at_ = at; }
  void on_lost() { has_begun_ = false; }
  void stop() { at_.reset(); }

  [[nodiscard]] bool take_due(base::TimePoint now) { return agent::take_due(at_, now); }
  /// Returns true when the thinker has sent text since the last request to it, and is still within the time for its first words.
  [[nodiscard]] bool has_begun(base::TimePoint now) const { return has_begun_ && now < since_ + think_; }
  [[nodiscard]] const Deadline& at() const { return at_; }

 private:
  base::Duration think_, stall_, tool_;
  Deadline at_;
  base::TimePoint since_{};  // time of the last request to the thinker, or of its last output
  bool has_begun_ = false;   // it has sent text since the last request to it (the turn, the results of its tools, or another attempt)
};

/// The deadline for the speaker's next audio, and the utterances that it has not finished.
class SpeakerDeadline {
 public:
  SpeakerDeadline(base::Duration speak, base::Duration stall) : speak_(speak), stall_(stall) {}

  void on_request(base::TimePoint now) {
    if (++unspoken_ == 1) await(now);  // A speaker that works already gets no more time for a longer request.
  }
  void await(base::TimePoint now) {
    at_.reset();
    if (unspoken_ > 0) at_ = now + speak_;
  }
  /// Audio of this length came, which plays without a pause after the audio before it.
  void on_audio(base::Duration length, base::TimePoint now) {
    if (!at_) return;
    audio_until_ = std::max(audio_until_, now) + length;
    at_ = std::clamp(audio_until_, std::min(now + stall_, *at_), *at_);
  }
  void on_done(base::TimePoint now) {
    --unspoken_;
    await(now);
  }
  /// Forgets the requests to the speaker.
  void drop() {
    unspoken_ = 0;
    at_.reset();
  }
  void forget() {
    drop();
    audio_until_ = {};
  }
  void stop() { at_.reset(); }

  [[nodiscard]] bool take_due(base::TimePoint now) { return agent::take_due(at_, now); }
  /// Returns true when the speaker has not finished `utterance`; `last` is the last one that it got.
  [[nodiscard]] bool awaits(std::uint32_t utterance, std::uint32_t last) const { return utterance <= last && utterance + unspoken_ > last; }
  [[nodiscard]] bool is_busy() const { return unspoken_ > 0; }
  [[nodiscard]] const Deadline& at() const { return at_; }
  [[nodiscard]] bool is_consistent() const { return unspoken_ == 0 || at_.has_value(); }

 private:
  base::Duration speak_, stall_;
  Deadline at_;
  base::TimePoint audio_until_{};  // time at which the received audio ends, if it is played without a pause
  unsigned unspoken_ = 0;          // utterances that the speaker has not finished
};

}  // namespace offhook::inline v0::agent
