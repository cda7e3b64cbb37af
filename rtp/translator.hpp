#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/sequence.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// The longest packet that is passed on, its header included: 200 ms of G.711 (RFC 3551 section 4.2).
inline constexpr std::size_t kMaxPassedOctets = 1612;

struct TranslatorStatistics {
  std::uint64_t passed = 0;
  std::uint64_t unknown_type = 0;     ///< the other side has no number for it
  std::uint64_t too_long = 0;         ///< over kMaxPassedOctets
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;             ///< from before the last restart: its number is another packet's by now
  std::uint64_t unconfirmed = 0;      ///< far from what was expected, and not yet followed by a neighbour
  std::uint64_t restarts = 0;         ///< of the numbers: another source, a jump, an interruption
  std::uint64_t clock_jumps = 0;      ///< of the timestamp alone
  [[nodiscard]] std::uint64_t dropped() const { return unknown_type + too_long + duplicate + late + unconfirmed; }
};

/// Passes the packets of one side of a call on to the other without looking into them: a translator of RFC 3550 section 7.1, as it suits
/// who is a party to both sides. The other side sees one stream of ours: one SSRC, and a sequence and a timestamp that stay continuous
/// whatever the source does.
///
/// - What was lost stays lost and what came out of order stays so, that the far end may measure it; it measures also what is dropped here.
/// - A duplicate among the last kMaxMisorder is dropped.
/// - Another SSRC, an interruption, or a jump of the sequence that a second packet confirms (RFC 3550 appendix A.1) begins anew behind the
///   highest number that was given; the timestamp goes on by the time that passed, and the first audio carries the marker.
/// - A timestamp alone that leaps (over a second away from what the time that passed explains) is put back on ours likewise. What is
///   smaller is passed as it is. Packets of one telephone event keep one timestamp whatever happens.
/// - Marker and payload are kept. Padding, header extensions and contributing sources are of the hop that they came by, and stay there.
///
/// Pure: no I/O, no clock, no allocation.
class Translator {
 public:
  enum class Kind : std::uint8_t { Audio, ComfortNoise, Event };

  explicit Translator(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz), spacing_(clock_hz / 50) {}

  /// Our stream stands here: the next packet's number, and the timestamp of a sample taken at `now`.
  void begin(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp, base::TimePoint now) noexcept;
  /// Our stream goes on under another SSRC.
  void set_ssrc(std::uint32_t ssrc) noexcept { ssrc_ = ssrc; }
  /// Both sides have agreed on a codec of another clock.
  void set_clock(std::uint32_t clock_hz) noexcept;
  /// What has no number any more is dropped until it is given one.
  void forget_types() noexcept { routes_ = {}; }
  /// What comes as `from` leaves as `to`; both 0..127, or nothing is done.
  void map_type(std::uint8_t from, std::uint8_t to, Kind kind) noexcept;

  /// What `packet`, which came at `arrival` from a source that is believed, becomes; nothing when it is dropped, and counted. Borrows its
  /// payload.
  [[nodiscard]] std::optional<Packet> translate(const Packet& packet, base::TimePoint arrival) noexcept;
  /// Packets are withheld from here on by agreement (hold): what is missing before the next one is no loss.
  void interrupt() noexcept { interrupted_ = true; }

  /// Where our stream goes on when nothing is passed any more.
  [[nodiscard]] std::uint16_t next_sequence() const noexcept { return next_sequence_; }
  [[nodiscard]] std::uint32_t timestamp_at(base::TimePoint now) const noexcept;
  [[nodiscard]] const TranslatorStatistics& statistics() const noexcept { return counts_; }

 private:
  struct Route {
    bool known = false;
    std::uint8_t to = 0;
    Kind kind = Kind::Audio;
  };
  enum class Place : std::uint8_t { Newest, Behind, Nowhere };
  [[nodiscard]] Place place(const Packet& packet, base::TimePoint arrival) noexcept;
  [[nodiscard]] Place place_behind(std::size_t behind) noexcept;
  void restart(const Packet& packet, base::TimePoint arrival) noexcept;
  void watch_clock(const Packet& packet, base::TimePoint arrival) noexcept;
  void note_newest(const Packet& packet, std::uint32_t timestamp, base::TimePoint arrival) noexcept;
  [[nodiscard]] std::uint32_t timestamp_of(const Packet& packet, Kind kind) noexcept;
  [[nodiscard]] std::int64_t units(base::Duration duration) const noexcept;

  std::uint32_t clock_hz_;
  std::uint32_t ssrc_ = 0;
  std::uint16_t next_sequence_ = 0;
  std::uint32_t end_ = 0;                           // of what was sent: the timestamp behind it,
  base::TimePoint end_at_{};                        // and when that is

  std::optional<std::uint32_t> source_;             // the SSRC whose numbers these are:
  std::uint16_t highest_ = 0;
  std::uint64_t since_restart_ = 0;                 // numbers from the first one to highest_
  std::bitset<kMaxMisorder + 1> seen_;              // highest_ is the first, those behind it follow
  std::optional<std::uint16_t> confirms_jump_;
  std::uint16_t sequence_offset_ = 0;
  std::uint32_t timestamp_offset_ = 0;
  bool interrupted_ = false, marks_ = true;

  struct Audio {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    base::TimePoint arrival{};
  };
  std::optional<Audio> audio_;                      // the newest, by the source's numbers
  std::uint32_t spacing_;                           // of two neighbours: how much one packet holds
  struct Event {
    std::uint32_t timestamp = 0, ours = 0;
  };
  std::optional<Event> event_;                      // the last
  std::array<Route, kMaxPayloadType + 1> routes_{};
  TranslatorStatistics counts_;
};

}  // namespace offhook::inline v0::rtp
