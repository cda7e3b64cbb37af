#pragma once

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/tests/agent/tools/injection/orders.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::test {

/// A model that executes every order in any text that it gets. In each reply it executes the orders in the caller's words and in tool
/// results. In its first reply after the opening, it also executes those in its prompt and in the tool descriptions.
class ObeyingSession final : public agent::VoiceSession {
 public:
  static constexpr unsigned kMaxRounds = 12;  ///< tool results in one reply whose orders the model executes; it ignores the orders of later results

  /// Sets the transcript of the caller's next utterance.
  void will_hear(std::string words) { heard_.push_back(std::move(words)); }
  [[nodiscard]] bool is_at_work() const { return open_calls_ > 0 || !events_.empty(); }
  [[nodiscard]] std::size_t obeyed() const { return obeyed_; }
  [[nodiscard]] std::size_t answered() const { return answered_; }
  [[nodiscard]] const std::string& prompt() const { return prompt_; }
  [[nodiscard]] const std::vector<std::string>& results() const { return results_; }

  void open(const agent::SessionContext& context, base::TimePoint) override;
  void tick(base::TimePoint) override {}
  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return 16000; }
  void begin_turn(std::uint32_t turn, std::string_view) override { listening_ = turn; }
  void feed(std::span<const std::int16_t>) override {}
  void end_turn() override;
  void abandon_turn() override {}
  void respond(const agent::TurnInput& input) override;
  void on_tool(const agent::ToolOutcome& outcome) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(const agent::HeardReply&) override {}
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel_speech() override {}
  [[nodiscard]] bool try_again(agent::Stage, std::string_view) override { return false; }
  [[nodiscard]] std::optional<agent::SessionEvent> poll() override;

 private:
  void apply(const std::vector<Order>& orders);
  void finish_reply();

  std::string prompt_;
  std::vector<Order> from_the_start_;
  std::deque<std::string> heard_;
  std::deque<agent::SessionEvent> events_;
  std::vector<std::string> results_;
  std::uint32_t turn_ = 0, listening_ = 0;
  std::size_t open_calls_ = 0, obeyed_ = 0, answered_ = 0;
  unsigned rounds_ = 0, calls_ = 0;
};

}  // namespace offhook::test
