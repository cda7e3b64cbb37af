#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/media_plan.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

class VoiceModel;

using LegId = base::StrongId<struct LegTag>;

struct EngineOptions {
  unsigned workers = 0;                              ///< 0: one per core
  std::uint16_t first_port = 16384, last_port = 32767;
  base::Duration silence_limit = std::chrono::seconds(10);  ///< no RTP for so long: MediaLost
  std::string cname;                                 ///< RTCP; "" makes one at random per leg (RFC 7022)
  DatagramPath datagrams = DatagramPath::Best;
  std::shared_ptr<VoiceModel> voice_model{};         ///< helps to tell voice from noise, on a thread of its own; null: the workers do alone
  std::function<void(const std::string& why)> on_voice_lost{};  ///< the model works no more: once, on its thread
  float load_limit = 0.85F;                          ///< of a core: a worker that takes more gets no new leg
};

/// How the engine does: for a status page.
struct EngineStatus {
  std::size_t workers = 0;                           ///< that work
  std::size_t legs = 0;
  DatagramPath datagrams = DatagramPath::Best;       ///< that is in use, the worst of all workers'; Best: none works
  std::string refused;                               ///< why no better one is; "" when there is nothing to say
  float load = 0;                                    ///< of the busiest worker: share of a core
  bool voice_model = false;                          ///< there is one, and it works
  float voice_load = 0;                              ///< of its thread: share of a core
  std::uint64_t voice_chunks = 0;                    ///< of 32 ms, that it has judged
  std::uint64_t phases_left_out = 0;                 ///< a tenth of a tick each, over 200 ms late
  TickTimes ticks;
};

enum class EngineError : std::uint8_t { NoPort, NoSocket, UnknownLeg, Busy };
[[nodiscard]] std::string_view to_string(EngineError error);

struct OpenLeg {
  LegId id;
  std::uint16_t rtp_port = 0;   ///< even; RTCP is the next one
};

/// The media edge: worker threads on io_uring or epoll, their legs ticked each 20 ms. A leg is one call's RTP; it belongs to one worker
/// for life. Called from any thread but the workers (two telephones may share an engine); what they ask
/// for takes effect at the next tick.
class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();  ///< joins the workers
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Binds an even/odd port pair on `local`; packets are read and dropped until start(). Errors: NoPort, NoSocket, Busy: each worker
  /// has kMaxLegsPerWorker or no time left (EngineOptions::load_limit), and those who talk already come first.
  [[nodiscard]] base::Result<OpenLeg, EngineError> open(base::IpAddress local, std::shared_ptr<AudioPort> port);
  /// Begins or changes the flow of media. Never refused for want of room: of several orders within one tick the last one holds.
  /// Learning of the source starts anew when the plan's remote address changed or `relearn`.
  base::Result<void, EngineError> start(LegId leg, const MediaPlan& plan, bool relearn = false);
  /// Sends RTCP BYE and closes the sockets. The last statistics stay readable until the next open().
  base::Result<void, EngineError> close(LegId leg);
  [[nodiscard]] std::optional<LegStatistics> statistics(LegId leg) const;
  [[nodiscard]] std::size_t legs() const;
  /// Worst lateness of a tick since the last call, over all workers.
  [[nodiscard]] base::Duration take_worst_lateness();
  /// Of all phases in which anybody was ticked, since the beginning, over all workers.
  [[nodiscard]] TickTimes tick_times() const;
  [[nodiscard]] TickHistogram::Counts tick_counts() const;  ///< the same, to tell of a stretch of time
  [[nodiscard]] EngineStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
