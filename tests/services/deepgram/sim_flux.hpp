#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::deepgram {

/// Returns the reason to refuse a handshake for /v2/listen with 400, or "" if it is valid. A parameter that Deepgram does not have is a reason.
[[nodiscard]] std::string refuse_flux(const Query& query);
/// Returns true if the Flux model of this name accepts these language hints.
[[nodiscard]] bool takes_hints(std::string_view model, const std::vector<std::string>& hints);

/// One WebSocket of /v2/listen. It detects voice by its loudness, and takes the words of each turn from the scenario. Its confidence that a
/// turn has ended grows with the length of the silence: after 700 ms it is 0.7. It is pure: frames and time go in, frames come out.
class SimFlux {
 public:
  SimFlux(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now);

  void on_audio(std::string_view octets, base::TimePoint now, SimOuts& out);
  void on_text(std::string_view text, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out) { line_.flush(now, octets_, out); }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return line_.next_deadline(); }

 private:
  enum class State : std::uint8_t { Initial, TurnOngoing, AwaitingEnd };
  struct Thresholds {
    double eot = 0.7;
    std::optional<double> eager;
    double timeout_ms = 5000;
    [[nodiscard]] std::string complaint() const;
  };
  friend std::string refuse_flux(const Query& query);

  static Thresholds thresholds_of(const Query& query);
  void on_frame(bool voiced, base::TimePoint now);
  void emit(const std::string& event, const std::string& trigger, base::TimePoint now);
  void end_turn(const std::string& trigger, base::TimePoint now);
  void configure(const nlohmann::json& message, base::TimePoint now);
  void force_end(base::TimePoint now);
  void give_up(const std::string& code, base::TimePoint now);
  void send(nlohmann::json message, base::TimePoint now);
  [[nodiscard]] std::size_t words_so_far() const;
  [[nodiscard]] double seconds(std::uint64_t samples) const { return static_cast<double>(samples) / format_.rate_hz; }
  [[nodiscard]] std::uint64_t ms(std::uint64_t samples) const { return samples * 1000 / format_.rate_hz; }

  SimWorld& world_;
  unsigned number_;
  SimFormat format_;
  bool multi_;
  Thresholds thresholds_;
  SimLine line_;
  std::string rest_;                     // octets of an incomplete frame
  State state_ = State::Initial;
  bool hears_ = false;                   // true while it detects a voice; a turn starts only with the first words
  std::uint64_t samples_ = 0, turn_start_ = 0, last_told_ = 0, last_voiced_ = 0;
  std::vector<std::string> words_;       // the words of the turn
  std::size_t told_ = 0;                 // number of words that were reported
  std::uint64_t turn_index_ = 0, sequence_ = 0;
  std::size_t octets_ = 0;
  base::TimePoint voiced_at_{};          // arrival time of the last voice
};

}  // namespace offhook::services::deepgram
