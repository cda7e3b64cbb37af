#pragma once

#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/quality/one_way_watch.hpp>
#include <offhook/media/quality/sound_meter.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// Measures a stream's call while it lasts: levels, silence, clipping, late packets, audio in one direction only. It adds a
/// few sums per tick; report_of() evaluates them.
class CallMeter {
 public:
  /// Returns true if audio with this timestamp may still be played, because no later audio was played.
  [[nodiscard]] bool in_time(std::uint32_t timestamp, std::uint32_t clock_hz = 8000) const noexcept;
  /// Call it for another SSRC or another source, because its timestamps are new.
  void on_new_stream() noexcept { played_.reset(); }
  /// Counts a packet of the peer.
  void on_packet() noexcept { came_ = true; }
  /// Counts a packet that is relayed undecoded. It counts as audible, because its level is unknown.
  void on_passed() noexcept { came_ = audible_ = true; }
  void on_report(bool about_us, std::uint8_t fraction_lost) noexcept { one_way_.on_report(about_us, fraction_lost); }

  /// Call it when a tick plays audio of the peer with this timestamp.
  void on_played(std::uint32_t timestamp) noexcept { played_ = timestamp; }
  /// Measures the audio that a tick plays. `genuine` is true if the audio came from the peer.
  void on_heard(const FrameMeasure& frame, bool voiced, bool genuine) noexcept;
  /// Stores by how many dB the echo of our voice is quieter than our voice; nullopt if there is no echo, or if its level is unknown.
  void on_echo(std::optional<float> return_loss_db) noexcept { echo_return_loss_db_ = return_loss_db; }
  void end_tick(bool receiving, bool sending) noexcept;

  void fill(LegStatistics& statistics) const noexcept;

 private:
  SoundMeter heard_;
  OneWayWatch one_way_;
  std::optional<std::uint32_t> played_;
  std::optional<float> echo_return_loss_db_;
  bool came_ = false, audible_ = false;
};

}  // namespace offhook::inline v0::media
