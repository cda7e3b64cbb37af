#pragma once

#include <offhook/tests/services/azure/sim_wire.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::azure {

/// One recognition socket, as in Azure's service. It is pure: frames and time go in, frames come out. It detects voice by its loudness and
/// takes the words from the scenario. A phrase ends after the silence that the scenario sets, or when the audio ends. A message that the
/// documentation does not have closes the socket with 1007.
class SimRecognition {
 public:
  /// `target` is the path and query of the handshake.
  SimRecognition(SimWorld& world, std::string_view target);

  void on_text(std::string_view frame, base::TimePoint now, SimOuts& out);
  void on_binary(std::string_view frame, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out) { wire_.on_time(now, out); }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return wire_.next_deadline(); }

 private:
  struct Turn {
    std::string id;
    std::vector<std::string> candidates;   // locales among which it detects; empty: no detection
    std::string language;                  // detected at the start of the turn
    bool interactive = false, detailed = false, formatted = false, answered = false, broken = false;
    Fault fault;
    std::uint32_t rate_hz = 0;
    std::string frame;                     // octets of an incomplete frame of 20 ms
    std::uint64_t ms = 0;                  // audio received so far
    std::uint64_t voice_ms = 0, silence_ms = 0, hypotheses = 0;  // of the present phrase
    std::uint64_t began_ms = 0;            // start of the present phrase
    base::TimePoint voiced_at{};           // arrival time of the last voice in the phrase
  };

  void refuse(const std::string& why, base::TimePoint now);
  void on_context(const agent::azure::UspMessage& message, base::TimePoint now);
  void on_audio(const agent::azure::UspMessage& message, base::TimePoint now);
  [[nodiscard]] bool read_format(std::string_view header, base::TimePoint now);
  void on_frame(base::TimePoint now);
  void on_end_of_audio(base::TimePoint now);
  void note_fault(base::TimePoint now);
  [[nodiscard]] bool break_here(base::TimePoint now);
  void add_language(nlohmann::json& body);
  void say_hypothesis(base::TimePoint now);
  void say_phrase(base::TimePoint now);
  void say_status(std::string_view status, base::TimePoint at);
  void end_turn(base::TimePoint at);
  [[nodiscard]] bool is_voiced() const;
  [[nodiscard]] base::TimePoint answer_at(base::TimePoint now) const;

  SimWorld& world_;
  std::string target_;
  SimWire wire_;
  bool configured_ = false, dead_ = false;
  std::optional<Turn> turn_;
  base::TimePoint open_until_{};  // time at which the last turn's end is sent
};

}  // namespace offhook::services::azure
