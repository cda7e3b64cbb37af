#pragma once

#include <offhook/media/media_plan.hpp>
#include <offhook/media/one_way_watch.hpp>
#include <offhook/media/sound_meter.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// What a stream notes of its call while it goes on: levels, silence, clipping, packets that come too late, sound in one direction only.
/// A few sums a tick; what they mean is for report_of() to say.
class CallMeter {
 public:
  /// Whether audio of this timestamp may still be played: what was played last is not of later.
  [[nodiscard]] bool in_time(std::uint32_t timestamp, std::uint32_t clock_hz = 8000) const noexcept;
  /// Another SSRC, another source: timestamps begin anew.
  void on_new_stream() noexcept { played_.reset(); }
  /// A packet of the peer counts.
  void on_packet() noexcept { came_ = true; }
  /// It is passed on unheard: nobody can say that there is only silence in it.
  void on_passed() noexcept { came_ = audible_ = true; }
  void on_report(bool about_us, std::uint8_t fraction_lost) noexcept { one_way_.on_report(about_us, fraction_lost); }

  /// A tick plays what the peer sent with this timestamp.
  void on_played(std::uint32_t timestamp) noexcept { played_ = timestamp; }
  /// What a tick plays. `genuine`: it came from the peer.
  void on_heard(const FrameMeasure& frame, bool voiced, bool genuine) noexcept;
  /// Our own voice comes back so much quieter; nothing: it does not, or nobody knows.
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
