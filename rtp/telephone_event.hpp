#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr std::size_t kEventOctets = 4;
inline constexpr std::uint16_t kMaxEventDuration = 0xFFFF;   ///< units; longer events are cut into segments
inline constexpr std::size_t kMaxQueuedDigits = 64;
inline constexpr int kEndPackets = 3;                        ///< RFC 4733 section 2.5.1.4
inline constexpr std::uint32_t kEventUnitsPerMs = 8;         ///< telephone-event/8000

/// The payload of one packet. RFC 4733 section 2.3.
struct TelephoneEvent {
  std::uint8_t event = 0;        ///< 0..15: 0-9 * # A-D (RFC 4733 section 3.2)
  bool end = false;
  std::uint8_t volume = 10;      ///< 0..63: power is -volume dBm0
  std::uint16_t duration = 0;    ///< units since the packet's timestamp
};
/// Nothing when shorter than 4 octets. Further octets are ignored.
[[nodiscard]] std::optional<TelephoneEvent> parse_telephone_event(base::Bytes payload);
[[nodiscard]] std::array<std::uint8_t, kEventOctets> write_telephone_event(const TelephoneEvent& event);
/// 0-9 * # A-D (a-d too) to the event's number, and back; nothing for anything else.
[[nodiscard]] std::optional<std::uint8_t> event_of(char digit);
[[nodiscard]] std::optional<char> digit_of(std::uint8_t event);

/// Sends digits one after the other as events: one packet per tick with the same timestamp and a growing duration, the marker on
/// the first, the end sent three times. RFC 4733 section 2.5.1.
class EventSender {
 public:
  struct Outgoing {
    std::array<std::uint8_t, kEventOctets> payload{};
    std::uint32_t timestamp = 0;
    bool marker = false;
  };
  /// False when `digit` is none or kMaxQueuedDigits wait already. Times are rounded up to whole ticks of 20 ms, at least one.
  [[nodiscard]] bool queue(char digit, std::uint32_t on_ms = 100, std::uint32_t off_ms = 60);
  /// So long a silence before the digit that is queued next. False when kMaxQueuedDigits wait already.
  [[nodiscard]] bool queue_pause(std::uint32_t ms = 500);
  /// Once per tick of 20 ms; `timestamp` is that of the tick's first sample. Nothing in pauses and when idle: then audio may go.
  [[nodiscard]] std::optional<Outgoing> tick(std::uint32_t timestamp);
  /// An event, its repeated end or its pause is under way, or digits wait.
  [[nodiscard]] bool busy() const { return state_ != State::Idle || count_ != 0; }
  /// Drops what waits; the event that is under way still gets its end.
  void clear() { count_ = 0; }

 private:
  enum class State : std::uint8_t { Idle, Sounding, Ending, Pause };
  struct Queued {
    std::uint8_t event = 0;
    std::uint32_t on_ticks = 0, off_ticks = 0;
  };
  [[nodiscard]] Outgoing sound(bool first);

  std::array<Queued, kMaxQueuedDigits> queue_{};
  std::size_t head_ = 0, count_ = 0;
  State state_ = State::Idle;
  Queued now_{};
  std::uint32_t ticks_left_ = 0;
  std::uint32_t begin_ = 0;        // timestamp of the event or of its running segment
  std::uint32_t duration_ = 0;     // of the segment
  int ends_left_ = 0;
};

struct ReceivedDigit {
  char digit = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t timestamp = 0;     ///< where the event began, in RTP units
};

/// Puts events together again. Each is reported once, when it has ended: by a packet with the E bit, by the next event's
/// beginning, or by kEndSilence without a packet. Lost beginnings and lost ends are tolerated, repeats and stragglers ignored.
class EventReceiver {
 public:
  static constexpr std::uint16_t kMaxSegmentSlack = 1600;   ///< a segment at most 200 ms short of the limit may go on in another
  static constexpr base::Duration kForgetEnd =
      std::chrono::seconds(5);  ///< stragglers come sooner; a clock that went back is heard again
  static constexpr base::Duration kEndSilence = std::chrono::milliseconds(200);   ///< ten packets of 20 ms

  /// One packet of the telephone-event payload type, from the accepted source.
  void on_packet(base::Bytes payload, std::uint32_t timestamp, base::TimePoint now);
  void on_time(base::TimePoint now);
  /// Until empty, after on_packet() and on_time().
  [[nodiscard]] std::optional<ReceivedDigit> poll();
  [[nodiscard]] bool sounding() const { return open_.has_value(); }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  /// Digits pushed out because more ended between two polls than it keeps: two, which no key can exceed.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Another stream began: what is open ends here.
  void reset();

 private:
  struct Open {
    std::uint8_t event = 0;
    std::uint32_t begin = 0;          // of the first segment
    std::uint32_t segment = 0;        // timestamp of the running one
    std::uint32_t before = 0;         // units of the segments before it
    std::uint16_t duration = 0;       // of the running one
    base::TimePoint last{};
  };
  void finish();

  std::optional<Open> open_;
  std::optional<std::uint32_t> ended_;   // timestamp of the segment that closed the last event, for kForgetEnd
  base::TimePoint ended_at_{};
  std::array<ReceivedDigit, 2> ready_{};
  std::size_t ready_count_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace offhook::inline v0::rtp
