#pragma once

#include <offhook/tests/services/azure/sim_wire.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::services::azure {

/// The contents of SSML, as an independent XML parser reads them, or the reason why the SSML is invalid.
struct ReadSsml {
  std::string text, voice, language;
  std::string complaint;  ///< "" when the SSML is valid
};
[[nodiscard]] ReadSsml read_ssml(const std::string& ssml);
/// Returns the rate in Hz of a format such as "raw-8khz-16bit-mono-pcm", or 0 if the simulator does not support the format.
[[nodiscard]] std::uint32_t rate_of_format(std::string_view format);
/// Returns the spoken text as 16-bit samples, little endian.
[[nodiscard]] std::string speak(SimWorld& world, const std::string& text, std::uint32_t rate_hz);

/// One synthesis socket, as in Azure's service. It serves one request at a time. It is pure.
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
  std::string request_;                // id of the request whose synthesis.context arrived
  std::uint32_t rate_hz_ = 0;
  bool wants_words_ = false;
  base::TimePoint busy_until_{};       // time at which the previous request ends
};

}  // namespace offhook::services::azure
