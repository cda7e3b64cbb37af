#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::services::deepgram {

/// Returns the reason to refuse raw speech in this format with 400, or "" if the format is valid. `http`: the request is a POST, where
/// `container` has a meaning.
[[nodiscard]] std::string refuse_speak(const Query& query, bool http);
/// Returns the speech of /v1/speak for a text, in the format that `query` requests.
[[nodiscard]] std::string speech_of(SimWorld& world, const SimFormat& format, const std::string& text);
[[nodiscard]] SimFormat speak_format(const Query& query);

/// One WebSocket of /v1/speak. It is pure: frames and time go in, frames come out.
class SimSpeak {
 public:
  static constexpr std::size_t kMaxText = 2000, kMaxFlushes = 20;

  SimSpeak(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now);

  void on_text(std::string_view text, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return line_.next_deadline(); }

 private:
  void speak(const nlohmann::json& message, base::TimePoint now);
  void flush(base::TimePoint now);
  void clear(base::TimePoint now);
  void send(const nlohmann::json& message, base::TimePoint at);
  void close(int code, std::string reason, base::TimePoint now);

  SimWorld& world_;
  unsigned number_;
  SimFormat format_;
  SimLine line_;
  std::string text_;  // text that Flush has not sent to the voice yet
  int sequence_ = 0;
  std::deque<base::TimePoint> flushes_;
  std::size_t octets_ = 0;  // octets of audio sent
};

}  // namespace offhook::services::deepgram
