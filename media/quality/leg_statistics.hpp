#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/one_way_watch.hpp>
#include <offhook/media/quality/sound_meter.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/jitter/played_samples.hpp>
#include <offhook/rtp/loss_pattern.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// The counts of one leg until now: a snapshot, taken by the worker. report_of() (media/quality/quality_report.hpp) evaluates them.
struct LegStatistics {
  std::uint64_t packets_received = 0, packets_sent = 0, bytes_received = 0, bytes_sent = 0;
  std::uint64_t packets_lost = 0, packets_late = 0, packets_duplicate = 0, refused_payload = 0, malformed = 0;
  std::uint64_t packets_overflowed = 0;              ///< oldest packets, dropped because the jitter buffer was full: docs/limits.md
  std::uint64_t packets_unplaced = 0;                ///< packets dropped because the timestamp agreed with neither arrival nor sequence number
  std::uint64_t refused_source = 0;                  ///< packets of other sources; while the socket is tied to its peer, the kernel refuses them
  std::uint64_t send_failed = 0;                     ///< datagrams that the socket refused, or that the leg's packet path did not protect
  std::uint64_t path_refused = 0;                    ///< received datagrams that the leg's packet path refused
  std::uint64_t packets_passed = 0;                  ///< part of packets_sent: another leg's packets, relayed (Engine::relay)
  std::uint64_t packets_unpassed = 0;                ///< packets of another leg that could not be relayed (rtp::TranslatorStatistics)
  std::uint64_t digits_ignored = 0, digits_unsent = 0;  ///< the caller's digits over the limits; our digits that were too many, or on a relayed leg
  std::uint64_t events_dropped = 0, heard_dropped = 0;  ///< dropped because the port's rings were full: the conversation was late
  std::uint64_t frames_concealed = 0, frames_played = 0;
  std::uint32_t jitter_us = 0, jitter_buffer_ms = 0;
  std::optional<std::uint32_t> round_trip_us;        ///< from RTCP
  std::optional<base::SocketAddress> source;         ///< the locked RTP source
  AudioCodec codec = AudioCodec::Pcmu;               ///< the negotiated codec
  std::uint32_t packet_us = 0;                       ///< audio in each of the peer's packets; 0 if unknown
  rtp::LossPattern losses;
  rtp::PlayedSamples played;
  std::optional<rtp::VoipMetrics> peers_view;        ///< quality of our audio, from the peer's last RTCP XR
  SoundMeter heard;
  OneWay one_way, one_way_ever;                      ///< faults at present, and at any time until now
  std::optional<float> echo_return_loss_db;          ///< loss between our audio and its echo
};

}  // namespace offhook::inline v0::media
