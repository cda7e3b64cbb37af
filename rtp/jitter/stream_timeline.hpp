#pragma once

#include <offhook/rtp/jitter/packet_inbox.hpp>
#include <offhook/rtp/sequence.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// Places the packets of one stream in time: unwraps their timestamps and sequence numbers, and detects another stream and jumps of the timestamp.
class StreamTimeline {
 public:
  enum class Check : std::uint8_t {
    Continues,   ///< the packet belongs to the stream
    Starts,      ///< the packet starts another stream: another SSRC, another clock, or a confirmed jump of the timestamp. Call begin()
    Suspect,     ///< the packet's timestamp agrees with neither its arrival nor its sequence number: drop the packet
  };
  /// The place of a packet, in units of 1/8000 s and in unwrapped sequence numbers.
  struct Place {
    std::int64_t begin = 0;
    std::int64_t sequence = 0;
    bool overtaken = false;           ///< true if a later packet had already come
  };

  /// Checks that the packet's timestamp agrees with its arrival or with its sequence number. Accepts new timestamps when the next packet in sequence
  /// agrees with a Suspect packet, as RFC 3550 appendix A.1 does for sequence numbers. A packet after a talk pause passes this check, because a pause
  /// does not change the transit.
  [[nodiscard]] Check check(const ArrivedPacket& packet) noexcept;
  /// Starts the stream of a packet.
  void begin(const ArrivedPacket& packet) noexcept;
  /// Forgets that there is a stream; the next packet starts one.
  void end() noexcept;
  /// Takes a packet that passed check(), and returns its place. `units` is the length of its audio, or 0 for comfort noise.
  [[nodiscard]] Place place(const ArrivedPacket& packet, std::int64_t units) noexcept;
  /// Returns the place of a packet of a key, or nullopt if its place is unknown. All packets of a key carry the timestamp of the key's start, and
  /// therefore do not show the delay. A key may have a separate clock, or last for long.
  [[nodiscard]] std::optional<Place> place_of_key(const ArrivedPacket& packet) const noexcept;

  [[nodiscard]] bool has_stream() const noexcept { return ssrc_.has_value(); }
  /// Returns the RTP timestamp of a time in units.
  [[nodiscard]] std::uint32_t timestamp_of(std::int64_t units) const noexcept { return static_cast<std::uint32_t>(units * clock_); }

 private:
  struct Suspect {
    std::uint16_t sequence;
    std::uint32_t timestamp;
  };
  [[nodiscard]] bool has_known_place(const ArrivedPacket& packet, std::int64_t begin) const noexcept;
  [[nodiscard]] bool confirms_jump(const ArrivedPacket& packet) const noexcept;
  [[nodiscard]] bool is_overtaken(std::int64_t sequence) const noexcept;
  [[nodiscard]] std::int64_t in_units(std::int64_t timestamp) const noexcept { return clock_ == 1 ? timestamp : timestamp / clock_; }

  std::optional<std::uint32_t> ssrc_;
  std::uint8_t clock_ = 1;             // clock of the stream, in multiples of kUnitHz
  TimestampUnwrapper timestamps_;      // in the stream's clock
  SequenceUnwrapper sequences_;
  std::int64_t last_transit_ = 0;      // transit of the newest packet; the next two fields are of the same packet
  std::int64_t last_begin_ = 0;
  std::int64_t last_sequence_ = 0;
  std::int64_t highest_sequence_ = 0;  // highest number that came: overtaken packets have lower numbers
  std::int64_t packet_units_ = 0;      // length of the newest packet of audio
  std::optional<Suspect> suspect_;
};

}  // namespace offhook::inline v0::rtp
