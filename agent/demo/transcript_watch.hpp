#pragma once

#include <offhook/agent/demo/demo.hpp>

#include <atomic>
#include <mutex>

namespace offhook::inline v0::agent::demo {

/// Follows the agent's side of the demonstration call. Shows it line by line, and stores what the agent heard, understood and replied.
class TranscriptWatch {
 public:
  explicit TranscriptWatch(Show show) : show_(std::move(show)) {}

  void on_event(const AgentEvent& event);             ///< callable from any thread
  void caller_says(const std::string& text);
  [[nodiscard]] bool registered() const { return registered_; }
  void fill(DemoResult& result, const CallReport& report) const;

 private:
  struct Turn { std::string heard, intent, reply; };
  void on_line(const ConversationAction& what);

  Show show_;
  std::atomic<bool> registered_{false};
  mutable std::mutex mutex_;  // The signalling thread, a conversation thread and the demo's own thread use the members below.
  std::string greeting_;
  std::vector<Turn> turns_;
};

}  // namespace offhook::inline v0::agent::demo
