#pragma once

#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace offhook_test {

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

/// A call on virtual time. The test acts as the media worker and as the three parts of the session: listener, thinker and speaker.
struct Call {
  base::TimePoint now{};
  ConversationActions out;
  ConversationActions seen;  // all actions since the last clear
  Conversation core{ConversationOptions{}};
  std::uint64_t tick = 0;

  bool others = false;  // true: another provider can replace a failed part
  void collect() {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto* again = std::get_if<TryAgain>(&out[i]);
      if (again != nullptr && !others) core.on_no_other_way(Stage(again->stage), now, out);
    }
    seen.insert(seen.end(), out.begin(), out.end());
    out.clear();
    CHECK(core.is_consistent());
  }
  void advance(base::Duration by) {
    const auto end = now + by;
    while (now < end) {
      now = std::min(end, now + 10ms);
      tick = static_cast<std::uint64_t>(now.time_since_epoch() / 20ms);
      core.on_time(now, out);
      collect();
    }
  }
  template <class A>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [](const auto& a) { return std::holds_alternative<A>(a); }));
  }
  template <class A>
  const A* last() const {
    for (auto it = seen.rbegin(); it != seen.rend(); ++it) {
      if (const A* a = std::get_if<A>(&*it)) return a;
    }
    return nullptr;
  }
  void media(EventKind kind, std::uint32_t utterance = 0, std::uint32_t word = 0, char digit = 0, std::uint64_t silent_ticks = 0) {
    core.on_media({kind, digit, 0, utterance, word, tick, tick - std::min(tick, silent_ticks)}, now, out);
    collect();
  }
  void think(ThinkEvent event) {
    core.on_think(event, now, out);
    collect();
  }
  void reply(std::string text) {
    const auto turn = core.turns();
    think(ReplyText{turn, std::move(text)});
    think(ReplyDone{turn});
  }
  /// Delivers the audio of the last requested utterance, as the speech synthesis does.
  void spoken() {
    const auto* speak = last<Speak>();
    REQUIRE(speak != nullptr);
    core.on_speak(SpeechAudio{speak->utterance, {0, 0}, {{"one", 0}, {"two", 100}, {"three", 200}}}, now, out);
    core.on_speak(SpeechDone{speak->utterance}, now, out);
    collect();
  }
  void sent() { media(EventKind::UtteranceSent, last<Speak>()->utterance); }
  void connect_with_greeting() {
    core.start(now, out);
    collect();
    reply("Good morning.");
    spoken();
    core.on_connected(now, out);
    collect();
  }
  void greet() {
    connect_with_greeting();
    advance(1s);
    sent();
    seen.clear();
  }
  void caller_says(std::string text, base::Duration length = 800ms) {
    media(EventKind::SpeechStarted);
    advance(length);
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
    core.on_listen(Transcript{listening()->turn, true, std::move(text), 0.9, false}, now, out);
    collect();
  }
  /// Lets the model speak a sentence and call the tool "look_up" with the id "call_1". Returns the turn of the tool call.
  std::uint32_t begin_a_lookup() {
    caller_says("where is my order");
    const auto turn = core.turns();
    think(ReplyText{turn, "Let me see."});
    think(ToolCall{turn, "call_1", "look_up", "{}"});
    spoken();
    media(EventKind::Sent, last<Speak>()->utterance, 0);
    return turn;
  }
  /// Begins a lookup, and lets the caller speak over the sentence before the result comes. Returns the turn of the tool call.
  std::uint32_t speak_over_a_lookup() {
    const auto turn = begin_a_lookup();
    media(EventKind::SpeechStarted);
    advance(600ms);
    return turn;
  }
  const BeginListening* listening() const { return last<BeginListening>(); }
};

}  // namespace offhook_test
