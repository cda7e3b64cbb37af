#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>
#include <cstdint>

/// The deadlines of the parts that make a reply. Pure: no I/O, no clock.
namespace offhook::inline v0::agent {

/// The deadline for the next output of the thinker, which is the part that makes replies.
class ThinkerDeadline {
 public:
  ThinkerDeadline(base::Duration think, base::Duration stall, base::Duration tool) : think_(think), stall_(stall), tool_(tool) {}

  /// The thinker gets a turn.
  void begin(base::TimePoint now, bool awaits_tool) {
    await_begin(now, awaits_tool);
  }
  /// The thinker waits for a tool, or has got the outcome of a tool: its next output counts as its first words.
  void await_begin(base::TimePoint now, bool awaits_tool) {
    has_begun_ = false;
    await(now, awaits_tool);
  }
  /// Sets the deadline of the next output. The time is longer while a tool runs, or waits for the caller's answer to its question.
  void await(base::TimePoint now, bool awaits_tool) {
    since_ = now;
    at_ = now + (awaits_tool ? tool_ : think_);
  }
  void on_text(base::TimePoint now, bool awaits_tool) {
    await(now, awaits_tool);
    has_begun_ = true;
  }
  /// The thinker has begun, and may be silent for the stall time from now on, but not beyond the think time after its last output.
  void end_by_stall(base::TimePoint now) { end_by(now + stall_); }
  void end_by(base::TimePoint at) { at_ = std::min(since_ + think_, at); }
  void try_again(base::TimePoint now) { await_begin(now, false); }
  /// Sets the deadline to the full think time after the thinker's last output.
  void wait() { at_ = since_ + think_; }
  void set(base::TimePoint at) { at_ = at; }
  void on_lost() { has_begun_ = false; }
  void stop() { at_.reset(); }

  [[nodiscard]] bool take_due(base::TimePoint now) { return agent::take_due(at_, now); }
  /// Returns true if the thinker has sent text since the last request to it, and the think time after its last output is not over.
  [[nodiscard]] bool has_begun(base::TimePoint now) const { return has_begun_ && now < since_ + think_; }
  [[nodiscard]] const Deadline& at() const { return at_; }

 private:
  base::Duration think_, stall_, tool_;
  Deadline at_;
  base::TimePoint since_{};  // time of the last request to the thinker, or of its last output
  bool has_begun_ = false;   // true: the thinker has sent text since the last request (a turn, the results of its tools, or another attempt)
};

/// The deadline for the speaker's next audio, and the utterances that it has not finished.
class SpeakerDeadline {
 public:
  SpeakerDeadline(base::Duration speak, base::Duration stall) : speak_(speak), stall_(stall) {}

  void on_request(base::TimePoint now) {
    if (++unspoken_ == 1) await(now);  // A further request does not extend the deadline of a speaker that already works.
  }
  void await(base::TimePoint now) {
    at_.reset();
    if (unspoken_ > 0) at_ = now + speak_;
  }
  /// Audio of this length arrived, which plays directly after the earlier audio.
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
  /// Returns true if the speaker has not finished `utterance`. `last` is the last utterance that the speaker got.
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
