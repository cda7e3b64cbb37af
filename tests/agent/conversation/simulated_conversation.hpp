#pragma once

#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/tests/media/event_kind.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace offhook_test {

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

/// Behaviour of the parts of a simulated conversation.
struct SimulatedParts {
  bool takes_sound = false;        ///< true: the model takes audio, so that no reply waits for a transcript
  unsigned fails_one_in = 0;       ///< a request for a reply or for speech fails with probability 1/fails_one_in, half of these without a response; 0: never
  unsigned calls_tool_one_in = 0;  ///< a reply calls a tool with probability 1/calls_tool_one_in; 0: never
  bool keys_together = false;      ///< true: keys are collected as for an agent with a language model
};

struct SeenTurns {
  std::size_t turns = 0, answered = 0, coughs = 0, joined = 0, words_lost = 0, failures = 0, tools = 0, results_told = 0;
  std::size_t late_results = 0;            ///< tool results that came after the end of their reply
  base::Duration longest_silent_result{};  ///< longest time from a late result to its ToolResult turn while both sides were silent
  base::Duration longest_wait{};           ///< longest time from a turn to the first frame of its reply; counts only time in which the caller was quiet
};

/// One call on virtual time, event by event. The caller speaks, coughs, presses keys and pauses at random times. The parts of the session
/// and the media worker respond as the real ones may. The run checks that each turn gets a reply.
class SimulatedCall {
 public:
  SimulatedCall(SimulatedParts parts, std::uint64_t seed, SeenTurns& seen) : parts_(parts), random_(seed), seen_(seen), core_(options(parts)) {}

  void run(std::size_t actions) {
    core_.start(now_, out_);
    carry_out();
    pass(2s);
    core_.on_connected(now_, out_);
    connected_ = true;
    carry_out();
    for (std::size_t i = 0; i < actions && !over_; ++i) {
      pass(ms(0, one_in(4) ? 8000 : 2500));
      act();
    }
    pass(60s);
    if (!over_) CHECK(pending_.empty());
    core_.on_ended();
  }

 private:
  static constexpr auto kPreamble = "Let me see.";  // The model says this before a tool's result.
  struct Pending { std::uint32_t turn = 0; base::Duration waited{}; };
  struct Utterance { std::uint32_t id = 0, turn = 0; bool filler = false, preamble = false; base::Duration length{}, played{}; bool ready = false, began = false; };
  enum class Sound { Words, Noise };

  static ConversationOptions options(const SimulatedParts& parts) {
    ConversationOptions options;
    options.call_limit = std::chrono::hours(100);
    options.drop_brief_turns = parts.takes_sound;
    options.keys_together = parts.keys_together;
    options.max_silences = 1'000'000;
    options.max_failures = 1'000'000;
    options.media_lost_limit = std::chrono::hours(1);
    return options;
  }

  [[nodiscard]] base::Duration ms(int from, int to) { return std::chrono::milliseconds(std::uniform_int_distribution<int>(from, to)(random_)); }
  [[nodiscard]] bool one_in(unsigned n) { return n != 0 && std::uniform_int_distribution<unsigned>(1, n)(random_) == 1; }
  void later(base::Duration in, std::function<void()> what) { agenda_.emplace(now_ + in, std::move(what)); }

  /// Prints the events to standard error, if the environment has OFFHOOK_SIM_TRACE.
  template <class... Parts>
  void trace(const Parts&... parts) const {
    static const bool wanted = std::getenv("OFFHOOK_SIM_TRACE") != nullptr;
    if (!wanted) return;
    std::cerr << std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count() << ' ';
    (std::cerr << ... << parts) << '\n';
  }

  // --- time
  void pass(base::Duration by) {
    const base::TimePoint end = now_ + by;
    unsigned rounds = 0;
    while (!over_) {
      base::TimePoint next = end;
      if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first);
      if (const auto due = core_.next_deadline()) next = std::min(next, *due);
      if (const auto due = playout_due()) next = std::min(next, *due);
      rounds = next > now_ ? 0 : rounds + 1;
      REQUIRE(rounds < 1000);  // A deadline that stays in the past would keep a processor busy.
      go_to(std::max(next, now_));
      if (now_ >= end && (agenda_.empty() || agenda_.begin()->first > end)) return;
    }
  }

  void go_to(base::TimePoint next) {
    const base::Duration step = next - now_;
    if (untold_result_ && thinking_ == 0 && utterances_.empty() && !voice_ && now_ >= quiet_from_) {
      *untold_result_ += step;
      seen_.longest_silent_result = std::max(seen_.longest_silent_result, *untold_result_);
    }
    if (!voice_ && now_ >= quiet_from_) {
      for (Pending& each : pending_) {
        each.waited += step;
        seen_.longest_wait = std::max(seen_.longest_wait, each.waited);
      }
    }
    play(step);
    now_ = next;
    while (!agenda_.empty() && agenda_.begin()->first <= now_) {
      const auto what = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      what();
      carry_out();
    }
    report_playout();
    core_.on_time(now_, out_);
    carry_out();
  }

  void media(EventKind kind, std::uint32_t utterance = 0, std::uint32_t word = 0, char digit = 0, base::Duration ago = {}) {
    const auto tick = static_cast<std::uint64_t>(now_.time_since_epoch() / 20ms) + 1000;
    core_.on_media({kind, digit, 0, utterance, word, tick, tick - static_cast<std::uint64_t>(ago / 20ms)}, now_, out_);
    carry_out();
  }

  // --- the caller
  void act() {
    switch (std::uniform_int_distribution<int>(0, 19)(random_)) {
      default: return speak(Sound::Words, ms(250, 2500));
      case 0: case 1: case 2: case 3: case 4: case 5:
        ++seen_.coughs;
        return speak(Sound::Noise, ms(60, 400));
      case 6: return speak(Sound::Noise, ms(400, 1500));
      case 7: case 8: return press();
      case 9:
        media(EventKind::MediaLost);
        return later(ms(500, 5000), [this] { media(EventKind::MediaBack); });
    }
  }

  void speak(Sound sound, base::Duration length) {
    if (voice_) return;
    trace(sound == Sound::Words ? "caller speaks for " : "caller makes a noise for ", length / 1ms, " ms");
    voice_ = true;
    sound_ = sound;
    later(40ms, [this] { on_voice(); });
    later(180ms, [this] { if (voice_) paused_ = paused_ || is_playing(); });
    later(length, [this] {
      voice_ = false;
      quiet_from_ = now_ + 1500ms;
      const base::Duration hangover = utterances_.empty() ? 500ms : 120ms;
      later(hangover, [this, hangover] { if (!voice_) media(EventKind::SpeechStopped, 0, 0, 0, hangover); });
    });
  }

  void on_voice() {
    if (!voice_) return;
    media(EventKind::SpeechStarted);
    if (sound_ == Sound::Words && listening_) words_in_ = true;
  }

  void press() {
    trace("caller presses a key");
    media(EventKind::Digit, 0, 0, "0123456789*#"[std::uniform_int_distribution<int>(0, 11)(random_)]);
    quiet_from_ = std::max(quiet_from_, now_ + 3500ms);
  }

  // --- the worker
  [[nodiscard]] bool is_playing() const { return connected_ && !utterances_.empty() && utterances_.front().ready && (utterances_.front().began || !core_.holds_playout()); }
  [[nodiscard]] std::optional<base::TimePoint> playout_due() const {
    if (!is_playing() || paused_) return std::nullopt;
    const Utterance& front = utterances_.front();
    return front.began ? now_ + (front.length - front.played) : now_;
  }
  void play(base::Duration step) {
    if (is_playing() && !paused_ && utterances_.front().began) utterances_.front().played += step;
  }
  void report_playout() {
    while (is_playing() && !paused_ && !over_) {
      Utterance& front = utterances_.front();
      if (!front.began) {
        front.began = true;
        trace("heard: ", front.filler ? "filler " : "reply ", front.turn);
        if (!front.filler) on_reply_heard(front.turn);
        preamble_heard_ = preamble_heard_ || front.preamble;
        media(EventKind::Sent, front.id, 0);
        return;
      }
      if (front.played < front.length) return;
      const auto id = front.id;
      utterances_.pop_front();
      media(EventKind::UtteranceSent, id);
    }
  }
  void on_reply_heard(std::uint32_t turn) {
    const auto before = pending_.size();
    std::erase_if(pending_, [turn](const Pending& each) { return each.turn <= turn; });
    seen_.answered += before - pending_.size();
  }

  // --- the core's actions
  void carry_out() {
    while (!out_.empty()) {
      const auto actions = std::exchange(out_, {});
      for (const auto& action : actions) std::visit([this](const auto& a) { on_action(a); }, action);
    }
    CHECK(core_.is_consistent());
  }
  template <class A>
  void on_action(const A&) {}

  void on_action(const BeginListening& a) {
    trace("listen ", a.turn);
    listening_ = a.turn;
    words_in_ = false;
  }
  void on_action(const EndListening&) {
    const auto turn = std::exchange(listening_, std::nullopt);
    if (!turn) return;
    if (parts_.takes_sound) return core_.on_taken(*turn, now_, out_);
    heard_.push_back(*turn);
    later(ms(50, 400), [this, turn = *turn, words = words_in_] {
      if (std::erase(heard_, turn) == 0) return;
      const bool empty = one_in(2);
      trace("transcript of ", turn, words ? ": words" : ": nothing");
      core_.on_listen(Transcript{turn, true, words ? "some words" : empty ? "" : "hm", words ? 0.9 : 0.1, !words}, now_, out_);
    });
  }
  void on_action(const AbandonListening&) {
    if (listening_ && words_in_) ++seen_.words_lost;
    listening_.reset();
    heard_.clear();
  }

  void on_action(const Respond& a) {
    ++seen_.turns;
    trace("respond ", a.input.turn, " kind ", int(a.input.kind), a.input.rejected ? " rejected" : "", " for ", a.input.supersedes, " pending ", pending_.size());
    const bool asks = (a.input.kind == TurnInput::Kind::Speech && !a.input.rejected) || a.input.kind == TurnInput::Kind::Digits;
    const bool replaces = a.input.kind == TurnInput::Kind::Silence || (a.input.kind == TurnInput::Kind::Speech && a.input.rejected);
    // A noise that interrupts a preamble may get a question, because the result of the preamble's tool still comes later.
    if (replaces && !std::exchange(preamble_heard_, false)) CHECK_MESSAGE(pending_.empty(), "a noise or a silence replaced a turn that had no reply yet");
    if (asks) pending_.push_back({a.input.turn, {}});
    if (a.input.supersedes != 0) ++seen_.joined;
    untold_result_.reset();
    if (a.input.kind == TurnInput::Kind::ToolResult) ++seen_.results_told;
    think(a.input.turn);
  }
  void on_action(const CancelThinking& a) {
    trace("cancel ", a.turn);
    if (thinking_ == a.turn) thinking_ = 0;
  }

  void think(std::uint32_t turn) {
    thinking_ = turn;
    const std::uint32_t attempt = ++attempt_;
    const auto then = [this, turn, attempt](base::Duration in, ThinkEvent event) {
      later(in, [this, turn, attempt, event = std::move(event)] {
        if (thinking_ == turn && attempt == attempt_) core_.on_think(event, now_, out_);
      });
    };
    if (one_in(parts_.fails_one_in)) {
      ++seen_.failures;
      if (one_in(2)) then(ms(100, 1000), ThinkFailed{turn, "it fails"});
      return;
    }
    const base::Duration first = ms(50, 1200);
    then(first / 2, ReplyGrows{turn});
    if (one_in(parts_.calls_tool_one_in)) {
      if (one_in(2)) then(first, ReplyText{turn, kPreamble});
      return then(first + 20ms, ToolCall{turn, "call_" + std::to_string(turn), "look_up", "{}"});
    }
    then(first, ReplyText{turn, "A reply."});
    if (one_in(2)) then(first + 100ms, ReplyText{turn, "More of it."});
    then(first + 200ms, ReplyDone{turn});
  }

  void on_action(const RunTool& a) {
    ++seen_.tools;
    later(ms(100, 3000), [this, call = a.call] {
      if (thinking_ != call.turn) {
        ++seen_.late_results;
        untold_result_ = base::Duration{};
      }
      core_.on_tool({call.turn, call.call_id, "{}", std::nullopt, false}, now_, out_);
    });
  }
  void on_action(const ReturnToolOutcome& a) {
    if (thinking_ != a.outcome.turn) return;
    later(ms(50, 800), [this, turn = a.outcome.turn, attempt = attempt_] {
      if (thinking_ != turn || attempt != attempt_) return;
      core_.on_think(ReplyGrows{turn}, now_, out_);
      core_.on_think(ReplyText{turn, "It says so."}, now_, out_);
      core_.on_think(ReplyDone{turn}, now_, out_);
    });
  }

  // --- the speaker: one utterance after the other
  void on_action(const Speak& a) {
    const bool preamble = a.text == kPreamble, filler = preamble || a.text == ConversationOptions{}.filler;  // Neither a preamble nor a filler answers a turn.
    utterances_.push_back({a.utterance, core_.turns(), filler, preamble, ms(200, 2500), {}, false, false});
    if (!voicing_) voice_next();
  }
  void voice_next() {
    const auto next = std::find_if(utterances_.begin(), utterances_.end(), [](const Utterance& each) { return !each.ready; });
    voicing_ = next != utterances_.end();
    if (!voicing_) return;
    const std::uint32_t utterance = next->id, epoch = epoch_;
    const bool fails = one_in(parts_.fails_one_in);
    if (fails) ++seen_.failures;
    if (fails && one_in(2)) return;  // The speech synthesis does not respond.
    later(ms(50, 300), [this, utterance, epoch, fails] {
      if (epoch != epoch_) return;
      if (fails) return core_.on_speak(SpeakFailed{utterance, "it fails"}, now_, out_);
      for (Utterance& each : utterances_) each.ready = each.ready || each.id == utterance;
      core_.on_speak(SpeechAudio{utterance, {0, 0}, {{"a", 0}, {"word", 1}}}, now_, out_);
      core_.on_speak(SpeechDone{utterance}, now_, out_);
      voice_next();
    });
  }
  void on_action(const CancelSpeaking&) {
    trace("cancel speech");
    ++epoch_;
    voicing_ = false;
    std::erase_if(utterances_, [](const Utterance& each) { return !each.ready; });
  }
  void on_action(const FlushPlayout& a) {
    std::erase_if(utterances_, [&](const Utterance& each) { return each.id <= a.utterance; });
    paused_ = false;
  }
  void on_action(const RisePlayout&) { paused_ = false; }

  void on_action(const TryAgain& a) {
    CHECK_MESSAGE(parts_.fails_one_in != 0, "the conversation took a part that works for a failed part: ", a.why);
    if (one_in(3)) return core_.on_no_other_way(Stage(a.stage), now_, out_);
    if (a.stage == Stage::Think) think(core_.turns());
    if (a.stage == Stage::Speak) {
      ++epoch_;
      voice_next();
    }
  }
  void on_action(const HangUpCall&) { over_ = true; }

  SimulatedParts parts_;
  std::mt19937_64 random_;
  SeenTurns& seen_;
  Conversation core_;
  ConversationActions out_;
  base::TimePoint now_{}, quiet_from_{};
  std::multimap<base::TimePoint, std::function<void()>> agenda_;
  bool connected_ = false, over_ = false, voice_ = false, paused_ = false;
  Sound sound_ = Sound::Words;
  std::optional<std::uint32_t> listening_;
  bool words_in_ = false;
  std::vector<std::uint32_t> heard_;  // turns whose transcripts are on their way
  std::uint32_t thinking_ = 0, attempt_ = 0;
  std::deque<Utterance> utterances_;
  bool voicing_ = false, preamble_heard_ = false;
  std::uint32_t epoch_ = 0;  // counts the cancellations of speech
  std::vector<Pending> pending_;
  std::optional<base::Duration> untold_result_;
};

/// Runs calls until they have had `turns` turns together. In each call the caller acts 40 times.
inline SeenTurns simulate_turns(const SimulatedParts& parts, std::size_t turns, std::uint64_t seed) {
  SeenTurns seen;
  while (seen.turns < turns) {
    CAPTURE(seed);
    SimulatedCall(parts, seed++, seen).run(40);
  }
  return seen;
}

/// Returns the number in OFFHOOK_SIM_TURNS. If the environment has none, returns 20,000 in `./dev test --full`, and otherwise 5,000.
inline std::size_t simulated_turns() {
  const char* const given = std::getenv("OFFHOOK_SIM_TURNS");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'000 / sample_step(4);
}

}  // namespace offhook_test
