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

/// The longest packet that is passed on, including its header: 200 ms of G.711 (RFC 3551 section 4.2).
inline constexpr std::size_t kMaxPassedOctets = 1612;

struct TranslatorStatistics {
  std::uint64_t passed = 0;
  std::uint64_t unknown_type = 0;     ///< packets with a payload type for which the other side has no number
  std::uint64_t too_long = 0;         ///< packets with more than kMaxPassedOctets
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;             ///< packets from before the last restart: other packets now use their numbers
  std::uint64_t unconfirmed = 0;      ///< packets far from the expected number, whose jump was not confirmed before
  std::uint64_t restarts = 0;         ///< restarts of the numbers: another source, a jump, an interruption
  std::uint64_t clock_jumps = 0;      ///< jumps of the timestamp alone
  [[nodiscard]] std::uint64_t dropped() const { return unknown_type + too_long + duplicate + late + unconfirmed; }
};

/// Passes the packets of one side of a call on to the other side without reading their payloads: a translator of RFC 3550 section 7.1, except that
/// Offhook is a party to both sides. The other side receives one stream of ours: one SSRC, with a continuous sequence and a continuous timestamp,
/// even if the source changes these.
///
/// - Lost packets stay lost and reordered packets stay reordered, so that the far end can measure both; it also measures the packets dropped here.
/// - A duplicate of one of the last kMaxMisorder packets is dropped.
/// - The numbers restart after the highest one sent in three cases: another SSRC, an interruption, or a jump of the sequence that a second packet
///   confirms (RFC 3550 appendix A.1). The timestamp then advances by the time that passed, and the first audio packet carries the marker.
/// - If only the timestamp jumps (by over a second more or less than the time that passed), the new timestamp is mapped to ours in the same way. Smaller
///   changes pass unchanged. All packets of one telephone event keep one timestamp in all cases.
/// - Marker and payload are kept. Padding, header extensions and contributing sources belong to one hop, and are not passed on.
///
/// Pure: no I/O, no clock, no allocation.
class Translator {
 public:
  enum class Kind : std::uint8_t { Audio, ComfortNoise, Event };

  explicit Translator(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz), spacing_(clock_hz / 50) {}

  /// Sets the start of our stream: the next packet's number, and the timestamp of a sample taken at `now`.
  void begin(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp, base::TimePoint now) noexcept;
  /// Continues our stream with another SSRC.
  void set_ssrc(std::uint32_t ssrc) noexcept { ssrc_ = ssrc; }
  /// Changes the clock: both sides negotiated a codec with another clock.
  void set_clock(std::uint32_t clock_hz) noexcept;
  /// Removes all mappings. Packets are dropped until map_type() maps their payload type again.
  void forget_types() noexcept { routes_ = {}; }
  /// Maps payload type `from` to `to`. Does nothing unless both are 0..127.
  void map_type(std::uint8_t from, std::uint8_t to, Kind kind) noexcept;

  /// Returns the packet to send for `packet`, which came at `arrival` from an accepted source. Returns nullopt if the packet is dropped,
  /// and counts it. The result borrows the payload.
  [[nodiscard]] std::optional<Packet> translate(const Packet& packet, base::TimePoint arrival) noexcept;
  /// Starts an interruption that both sides agreed on (hold): the missing numbers before the next packet do not count as lost.
  void interrupt() noexcept { interrupted_ = true; }

  /// These two return our next sequence number and our timestamp at `now`, for the owner that continues the stream after the relay.
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
  std::uint32_t end_ = 0;                           // timestamp at the end of the last packet sent
  base::TimePoint end_at_{};                        // time that belongs to end_

  std::optional<std::uint32_t> source_;             // the SSRC to which the numbers in this block belong
  std::uint16_t highest_ = 0;
  std::uint64_t since_restart_ = 0;                 // count of numbers from the first one to highest_
  std::bitset<kMaxMisorder + 1> seen_;              // the first bit is highest_, the next bits are the numbers before it
  std::optional<std::uint16_t> confirms_jump_;
  std::uint16_t sequence_offset_ = 0;
  std::uint32_t timestamp_offset_ = 0;
  bool interrupted_ = false, marks_ = true;

  struct Audio {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    base::TimePoint arrival{};
  };
  std::optional<Audio> audio_;                      // the newest audio packet, with the source's numbers
  std::uint32_t spacing_;                           // distance of two consecutive packets: the duration of one packet
  struct Event {
    std::uint32_t timestamp = 0, ours = 0;
  };
  std::optional<Event> event_;                      // the last event
  std::array<Route, kMaxPayloadType + 1> routes_{};
  TranslatorStatistics counts_;
};

}  // namespace offhook::inline v0::rtp
