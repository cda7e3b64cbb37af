#pragma once

#include "fake_sockets.hpp"

#include <offhook/agent/providers/deepgram/agent_session.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// An AgentSession on virtual time, with fake sockets. The test acts as the server.
namespace offhook::test {

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

/// A speaker with one sample for each character of the text.
class OwnVoice final : public Speaker {
 public:
  std::deque<SpeakEvent> events;
  [[nodiscard]] std::uint32_t rate_hz() const override { return 8000; }
  void speak(std::uint32_t utterance, std::string_view text) override {
    events.push_back(SpeechAudio{utterance, std::vector<std::int16_t>(text.size(), 7), {{std::string(text), 0}}, 0});
    events.push_back(SpeechDone{utterance});
  }
  void cancel() override { events.clear(); }
  [[nodiscard]] std::optional<SpeakEvent> poll() override {
    if (events.empty()) return std::nullopt;
    SpeakEvent event = std::move(events.front());
    events.pop_front();
    return event;
  }
};

struct AgentLine {
  FakeSockets sockets;
  AgentSettings settings;
  SessionContext context;
  History history;
  std::vector<ToolDescription> tools{{"look_up", "Looks up.", R"({"type":"object"})", ToolClass::Read}};
  std::unique_ptr<AgentSession> session;
  base::TimePoint now{};
  std::size_t seen = 0;  // number of messages on the current socket that sent() has already returned
  std::size_t on_socket = 0;

  AgentLine() {
    settings.server.key = Secret("dg-canary");
    context.prompt = "Be brief.";
    context.language = "en";
    context.history = &history;
    context.tools = &tools;
  }

  void open() {
    session = std::make_unique<AgentSession>(sockets, settings, std::make_unique<OwnVoice>(), Wake{});
    session->open(context, now);
  }
  void open_and_apply() {
    open();
    apply();
  }
  void apply() {
    say({{"type", "Welcome"}, {"request_id", "r"}});
    say({{"type", "SettingsApplied"}});
  }
  void advance(base::Duration by) {
    const auto until = now + by;
    while (now < until) session->tick(now = std::min(until, now + 10ms));
  }

  // --- the server's side
  FakeSockets::Socket& socket() { return sockets.last(); }
  void say(const json& message) { socket().handler.on_text(message.dump()); }
  void say_type(const std::string& type) { say({{"type", type}}); }
  void user_text(const std::string& text) { say({{"type", "ConversationText"}, {"role", "user"}, {"content", text}}); }
  void agent_text(const std::string& text) { say({{"type", "ConversationText"}, {"role", "assistant"}, {"content", text}}); }
  void audio(std::size_t ms) { socket().handler.on_binary(std::string(8 * ms, '\x55')); }
  void audio_done() { say_type("AgentAudioDone"); }
  void asks(const std::string& id, const std::string& name = "look_up", bool client_side = true) {
    say({{"type", "FunctionCallRequest"}, {"functions", {{{"id", id}, {"name", name}, {"arguments", "{}"}, {"client_side", client_side}}}}});
  }
  void takes_back(const std::string& id) { say({{"type", "FunctionCallCancelled"}, {"functions", {{{"id", id}, {"name", "look_up"}}}}}); }
  void break_off(int code = 1006) {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, ""});
  }
  void reply(const std::string& text, std::size_t ms) {
    agent_text(text);
    audio(ms);
    audio_done();
  }

  // --- the conversation's side
  void speak_for(std::size_t ms) { session->feed(std::vector<std::int16_t>(8 * ms, 1000)); }
  /// Runs a turn for which the server sends `words`, and then requests the reply.
  void turn(std::uint32_t number, const std::string& words) {
    session->begin_turn(number, "");
    speak_for(600);
    say_type("UserStartedSpeaking");
    session->end_turn();
    user_text(words);
    CHECK(told() == "taken:" + std::to_string(number) + " words:" + std::to_string(number) + "=" + words + " ");
    session->respond({number, TurnInput::Kind::Speech, {}, 1, false});
  }

  /// Returns the messages that were sent since the last sent(): the type and text of each message, and the length of the audio in ms.
  std::string sent() {
    if (on_socket != sockets.all.size()) {
      on_socket = sockets.all.size();
      seen = 0;
    }
    std::string line;
    std::size_t octets = 0;
    const auto close = [&] {
      if (octets != 0) line += std::to_string(octets / 8) + "ms ";
      octets = 0;
    };
    for (; seen < socket().sent.size(); ++seen) {
      const auto& each = socket().sent[seen];
      if (each.binary) {
        octets += each.bytes.size();
        continue;
      }
      close();
      const json message = json::parse(each.bytes);
      line += message["type"].get<std::string>();
      for (const char* const name : {"content", "prompt"}) {
        if (message.contains(name)) line += "(" + message[name].get<std::string>() + ")";
      }
      line += ' ';
    }
    close();
    return line;
  }
  json settings_sent() {
    for (const auto& each : socket().sent) {
      if (!each.binary && json::parse(each.bytes)["type"] == "Settings") return json::parse(each.bytes);
    }
    return nullptr;
  }

  /// Returns the session's events since the last told(), in short form. Adds its retries to `retries`.
  std::string told() {
    std::string line;
    while (const auto event = session->poll()) {
      if (const auto* retried = std::get_if<ServiceRetried>(&*event)) retries += std::string(to_string(retried->stage)) + ": " + std::string(retried->retry.then) + "; ";
      else line += std::visit([this](const auto& e) { return in_short(e); }, *event) + " ";
    }
    return line;
  }
  std::string retries;

 private:
  static std::string number(std::uint32_t n) { return std::to_string(n); }
  std::string in_short(const TurnTaken& e) { return "taken:" + number(e.turn); }
  std::string in_short(const Transcript& e) { return "words:" + number(e.turn) + (e.rejected ? "?" : "=" + e.text); }
  std::string in_short(const ListenFailed& e) { return "deaf:" + number(e.turn) + ":" + std::string(to_string(e.kind)); }
  std::string in_short(const ReplyText& e) { return e.voiced ? "voiced:" + number(e.turn) : "text:" + e.text; }
  std::string in_short(const ToolCall& e) { return "call:" + number(e.turn) + ":" + e.call_id + ":" + e.name; }
  std::string in_short(const ReplyDone& e) { return "done:" + number(e.turn); }
  std::string in_short(const ThinkFailed& e) { return "broken:" + number(e.turn) + ":" + std::string(to_string(e.kind)); }
  std::string in_short(const SpeechAudio& e) {
    std::string line = "audio:" + number(e.utterance) + ":" + std::to_string(e.pcm.size() / 8);
    for (const SpokenWord& word : e.words) line += "," + word.text;
    return line;
  }
  std::string in_short(const SpeechDone& e) { return "said:" + number(e.utterance); }
  std::string in_short(const SpeakFailed& e) { return "dumb:" + number(e.utterance); }
  template <class Other>
  std::string in_short(const Other&) { return "other"; }
};

}  // namespace offhook::test
