#pragma once

#include <offhook/agent/conversation/voice_session.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

/// Fake parts of a session: they log the calls of their functions, and return the events that the test puts into `yields`.
namespace offhook::inline v0::agent::test {

struct FakeListener final : Listener {
  std::vector<std::string>* log = nullptr;
  std::string name;
  std::uint32_t rate = 16000;
  std::size_t fed = 0;
  std::deque<ListenEvent> yields;
  Retries retries;

  std::uint32_t rate_hz() const override { return rate; }
  void begin(std::uint32_t turn, std::string_view) override { log->push_back(name + " begin " + std::to_string(turn)); }
  void feed(std::span<const std::int16_t> pcm) override { fed += pcm.size(); }
  void end() override { log->push_back(name + " end " + std::to_string(fed)); }
  void abandon() override { log->push_back(name + " abandon"); }
  std::optional<ListenEvent> poll() override {
    if (yields.empty()) return std::nullopt;
    auto event = yields.front();
    yields.pop_front();
    return event;
  }
  ModelAndVoice asked() const override { return {"model " + name, "voice " + name}; }
  std::vector<Retry> take_retries() override { return retries.take(); }
};

struct FakeThinker final : Thinker {
  std::vector<std::string>* log = nullptr;
  std::string name;
  std::deque<ThinkEvent> yields;
  Retries retries;

  void begin(const CallContext&) override {}
  void respond(const TurnInput& input) override {
    log->push_back(name + " respond " + std::to_string(input.turn) + " '" + input.text + "' said '" + input.said + "'");
  }
  void on_tool(const ToolOutcome& outcome) override { log->push_back(name + " tool " + outcome.call_id); }
  void cancel(std::uint32_t turn) override { log->push_back(name + " cancel " + std::to_string(turn)); }
  void on_heard(std::uint32_t, std::string_view text, bool) override { log->push_back(name + " heard '" + std::string(text) + "'"); }
  std::optional<ThinkEvent> poll() override {
    if (yields.empty()) return std::nullopt;
    auto event = yields.front();
    yields.pop_front();
    return event;
  }
  ModelAndVoice asked() const override { return {"model " + name, "voice " + name}; }
  std::vector<Retry> take_retries() override { return retries.take(); }
};

struct FakeSpeaker final : Speaker {
  std::vector<std::string>* log = nullptr;
  std::string name;
  std::uint32_t rate = 16000;
  std::deque<SpeakEvent> yields;
  Retries retries;

  std::uint32_t rate_hz() const override { return rate; }
  void speak(std::uint32_t utterance, std::string_view text) override {
    log->push_back(name + " speak " + std::to_string(utterance) + " '" + std::string(text) + "'");
  }
  void cancel() override { log->push_back(name + " silence"); }
  std::optional<SpeakEvent> poll() override {
    if (yields.empty()) return std::nullopt;
    auto event = yields.front();
    yields.pop_front();
    return event;
  }
  ModelAndVoice asked() const override { return {"model " + name, "voice " + name}; }
  std::vector<Retry> take_retries() override { return retries.take(); }
};

}  // namespace offhook::inline v0::agent::test
