#pragma once

#include <offhook/tests/services/azure/sim_wire.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::services::azure {

/// What SSML says, read by an XML parser of its own; the reason why nothing can be said of it.
struct ReadSsml {
  std::string text, voice, language;
  std::string complaint;  ///< "" when all is well
};
[[nodiscard]] ReadSsml read_ssml(const std::string& ssml);
/// Of "raw-8khz-16bit-mono-pcm" and its like; 0: not a format that the simulator speaks.
[[nodiscard]] std::uint32_t rate_of_format(std::string_view format);
/// 16-bit samples, little endian.
[[nodiscard]] std::string speak(SimWorld& world, const std::string& text, std::uint32_t rate_hz);

/// One socket of synthesis as Azure's service holds it: one request at a time. Pure.
class SimSynthesis {
 public:
  explicit SimSynthesis(SimWorld& world) : world_(world) {}

  void on_text(std::string_view frame, base::TimePoint now, SimOuts& out);
  void on_binary(std::string_view, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out) { wire_.on_time(now, out); }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return wire_.next_deadline(); }

 private:
  void refuse(const std::string& why, base::TimePoint now);
  void on_context(const agent::azure::UspMessage& message, base::TimePoint now);
  void on_ssml(const agent::azure::UspMessage& message, base::TimePoint now);
  void on_control(const agent::azure::UspMessage& message, base::TimePoint now);
  void say_all(const ReadSsml& ssml, const Fault& fault, base::TimePoint at);
  [[nodiscard]] bool break_here(const Fault& fault, std::size_t ms, base::TimePoint at);
  void say_words(const std::string& text, std::size_t samples, base::TimePoint at);
  void end(base::TimePoint at);

  SimWorld& world_;
  SimWire wire_;
  bool configured_ = false, dead_ = false;
  std::string request_;                // whose context came
  std::uint32_t rate_hz_ = 0;
  bool wants_words_ = false;
  base::TimePoint busy_until_{};       // of the request before
};

}  // namespace offhook::services::azure
