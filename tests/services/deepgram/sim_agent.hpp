#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::services::deepgram {

/// Returns the reason to refuse a Settings message as INVALID_SETTINGS, or "" if the message is valid.
[[nodiscard]] std::string refuse_settings(const nlohmann::json& settings);

/// One WebSocket of /v1/agent/converse. It is pure: frames and time go in, frames come out. With Flux, ForceEndTurn or the timeout ends a
/// turn. With another model, the silence of the caller ends it. If the caller speaks while the agent speaks, the agent stops.
class SimAgent {
 public:
  static constexpr auto kIdle = std::chrono::seconds(10);             ///< longest time without a message of the client; then CLIENT_MESSAGE_TIMEOUT
  static constexpr std::uint64_t kEndpointMs = 400, kFrameMs = 20;    ///< silence in ms that ends a turn without Flux, and length of a frame
  static constexpr std::size_t kMaxPrompt = 25'000;

  SimAgent(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now);

  void on_text(std::string_view text, base::TimePoint now, SimOuts& out);
  void on_audio(std::string_view octets, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Speech { base::TimePoint at; SimOut out; };
  void on_message(const nlohmann::json& message, base::TimePoint now);
  void apply(const nlohmann::json& settings, base::TimePoint now);
  void on_settled(const nlohmann::json& message, std::string_view type, base::TimePoint now);
  void on_frame(bool voiced, base::TimePoint now);
  void end_turn(base::TimePoint now);
  void begin_turn(base::TimePoint now);
  void silence(base::TimePoint now);
  void reply_to(const std::string& words, base::TimePoint now);
  void on_response(const nlohmann::json& message, base::TimePoint now);
  void inject(const nlohmann::json& message, base::TimePoint now);
  /// Queues the speech of `text` from the time `at` on. Returns the time at which it ends.
  base::TimePoint say(const std::string& text, base::TimePoint at);
  void flush(base::TimePoint now, SimOuts& out);
  void send(const nlohmann::json& message, base::TimePoint now);
  void queue(const nlohmann::json& message, base::TimePoint at);
  void error(const std::string& code, const std::string& description, base::TimePoint now);
  [[nodiscard]] bool is_speaking() const { return !speech_.empty(); }

  SimWorld& world_;
  unsigned number_;
  std::optional<std::string> error_code_;  // code of a fault that sends an Error message
  std::size_t error_after_ = 0;
  SimLine line_;
  bool settled_ = false, flux_ = false, closed_ = false;
  std::uint64_t eot_timeout_ms_ = 5000;
  std::uint64_t eot_ms_ = 5000;  // silence in ms that ends a turn; Flux with a threshold of 0.7 needs 700 ms, as in SimFlux
  SimFormat in_, out_;
  std::string rest_;                       // octets of an incomplete frame of received audio
  bool in_turn_ = false;
  std::uint64_t silent_ms_ = 0;
  std::deque<Speech> speech_;              // the pieces of the reply that are not sent yet, each with its time
  std::string call_id_, call_name_, then_;  // the requested function, and the text that is spoken after its result
  unsigned calls_ = 0;
  std::size_t prompt_ = 0, octets_ = 0;
  base::TimePoint alive_at_{}, heard_at_{}, voiced_at_{};
};

}  // namespace offhook::services::deepgram
