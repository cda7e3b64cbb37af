#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/audio_port.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

using LegId = base::StrongId<struct LegTag>;

enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722 };

/// What offer/answer agreed on, as the engine needs it. May be replaced at any time (re-INVITE).
struct MediaPlan {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t send_payload_type = 0;                ///< the peer's number (RFC 3264 section 5.1)
  std::uint8_t receive_payload_type = 0;             ///< ours
  std::optional<std::uint8_t> send_events;           ///< telephone-event, peer's number; nothing: no RFC 4733 towards the peer
  std::optional<std::uint8_t> receive_events;
  std::uint16_t ptime_ms = 20;                       ///< of what we send: 10..60, a multiple of 10; others are rounded down to one
  base::SocketAddress remote_rtp;                    ///< from SDP; unspecified ip: nothing is sent until a source is learnt
  base::SocketAddress remote_rtcp;
  bool send = true;                                  ///< direction as agreed: hold stops what it must
  bool receive = true;
};

/// What a leg has seen so far; a snapshot taken by the worker once a second and when it is closed.
struct LegStatistics {
  std::uint64_t packets_received = 0, packets_sent = 0, bytes_received = 0, bytes_sent = 0;
  std::uint64_t packets_lost = 0, packets_late = 0, packets_duplicate = 0, refused_source = 0, refused_payload = 0, malformed = 0;
  std::uint64_t frames_concealed = 0, frames_played = 0;
  std::uint32_t jitter_us = 0, jitter_buffer_ms = 0;
  std::optional<std::uint32_t> round_trip_us;        ///< from RTCP
  std::optional<base::SocketAddress> source;         ///< locked RTP source
};

struct EngineOptions {
  unsigned workers = 0;                              ///< 0: one per core
  std::uint16_t first_port = 16384, last_port = 32767;
  base::Duration silence_limit = std::chrono::seconds(10);  ///< no RTP for so long: MediaLost
  std::string cname;                                 ///< RTCP; "" makes one at random per leg (RFC 7022)
};

enum class EngineError : std::uint8_t { NoPort, NoSocket, UnknownLeg, Busy };
[[nodiscard]] std::string_view to_string(EngineError error);

struct OpenLeg {
  LegId id;
  std::uint16_t rtp_port = 0;   ///< even; RTCP is the next one
};

/// The media edge: worker threads on epoll, each ticked at origin + k x 20 ms. A leg is one call's RTP; it belongs to one worker
/// for life. Called from the signalling thread; commands cross by bounded queue and take effect at the next tick.
class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();  ///< joins the workers
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Binds an even/odd port pair on `local`; packets are read and dropped until start(). Errors: NoPort, NoSocket, Busy.
  [[nodiscard]] base::Result<OpenLeg, EngineError> open(base::IpAddress local, std::shared_ptr<AudioPort> port);
  /// Begins or changes the flow of media. Learning of the source starts anew when the plan's remote address changed or `relearn`.
  base::Result<void, EngineError> start(LegId leg, const MediaPlan& plan, bool relearn = false);
  /// Sends RTCP BYE and closes the sockets. The last statistics stay readable until the next open().
  base::Result<void, EngineError> close(LegId leg);
  [[nodiscard]] std::optional<LegStatistics> statistics(LegId leg) const;
  [[nodiscard]] std::size_t legs() const;
  /// Worst lateness of a tick since the last call, over all workers.
  [[nodiscard]] base::Duration take_worst_lateness();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
