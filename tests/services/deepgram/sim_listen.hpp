#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::deepgram {

/// Returns the reason to refuse a handshake for /v1/listen with 400, or "" if it is valid. A parameter that Deepgram does not have is a reason.
[[nodiscard]] std::string refuse_listen(const Query& query);

/// One WebSocket of /v1/listen. It detects voice by its loudness, and takes the words from the scenario. It is pure: frames and time go in, frames
/// come out.
class SimListen {
 public:
  SimListen(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now);

  void on_audio(std::string_view octets, base::TimePoint now, SimOuts& out);
  void on_text(std::string_view text, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  enum class Why : std::uint8_t { Interim, Window, Endpoint, Finalize, Close };

  void on_frame(bool voiced, base::TimePoint now);
  void begin_stretch(base::TimePoint now);
  void result(Why why, base::TimePoint now);
  void finish(base::TimePoint now);
  void send(nlohmann::json message, base::TimePoint now);
  void close(int code, std::string reason, base::TimePoint now);
  [[nodiscard]] double seconds(std::uint64_t samples) const { return static_cast<double>(samples) / format_.rate_hz; }
  [[nodiscard]] std::uint64_t ms(std::uint64_t samples) const { return samples * 1000 / format_.rate_hz; }

  SimWorld& world_;
  unsigned number_;
  SimFormat format_;
  bool interim_, vad_events_;
  std::optional<int> endpointing_ms_;
  int utterance_end_ms_;
  SimLine line_;
  std::string rest_;                     // octets of an incomplete frame
  std::uint64_t samples_ = 0, window_start_ = 0, last_interim_ = 0, last_voiced_ = 0, stretch_start_ = 0;
  bool in_stretch_ = false, end_told_ = true;
  std::vector<std::string> words_;       // the words of the present stretch of voice
  std::size_t words_final_ = 0;          // number of words that were reported in final results
  std::size_t octets_ = 0;
  base::TimePoint alive_at_;
  base::TimePoint voiced_at_{};          // arrival time of the last voice
};

}  // namespace offhook::services::deepgram
