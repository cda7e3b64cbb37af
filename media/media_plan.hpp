#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

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
  std::uint64_t send_failed = 0;                     ///< datagrams that the socket did not take
  std::uint64_t frames_concealed = 0, frames_played = 0;
  std::uint32_t jitter_us = 0, jitter_buffer_ms = 0;
  std::optional<std::uint32_t> round_trip_us;        ///< from RTCP
  std::optional<base::SocketAddress> source;         ///< locked RTP source
};

}  // namespace offhook::inline v0::media
