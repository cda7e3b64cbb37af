#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr std::size_t kEventOctets = 4;
inline constexpr std::uint16_t kMaxEventDuration = 0xFFFF;   ///< in units; a longer event is split into segments
inline constexpr std::size_t kMaxQueuedDigits = 64;
inline constexpr int kEndPackets = 3;                        ///< RFC 4733 section 2.5.1.4
inline constexpr std::uint32_t kEventClockHz = 8000;         ///< telephone-event/8000, used with G.711 and G.722
inline constexpr std::size_t kMaxPackedEvents = 8;           ///< events of one packet: RFC 4733 section 2.5.1.5

/// The payload of one packet: RFC 4733 section 2.3.
struct TelephoneEvent {
  std::uint8_t event = 0;        ///< 0..15: 0-9 * # A-D (RFC 4733 section 3.2)
  bool end = false;
  std::uint8_t volume = 10;      ///< 0..63: power is -volume dBm0
  std::uint16_t duration = 0;    ///< in units since the packet's timestamp
};
/// Parses the first event. Returns nullopt if the payload is shorter than 4 octets. Further octets belong to the next event (RFC 4733 section 2.5.1.5).
[[nodiscard]] std::optional<TelephoneEvent> parse_telephone_event(base::Bytes payload);
[[nodiscard]] std::array<std::uint8_t, kEventOctets> write_telephone_event(const TelephoneEvent& event);
/// Converts 0-9 * # A-D (also a-d) to the number of the event, and the number to the digit. Both return nullopt for all other values.
[[nodiscard]] std::optional<std::uint8_t> event_of(char digit);
[[nodiscard]] std::optional<char> digit_of(std::uint8_t event);

/// Sends digits one after the other as events: one packet per tick with the same timestamp and a growing duration. The first packet
/// has the marker; the end is sent three times. RFC 4733 section 2.5.1.
/// Deviation: the last report of a segment is sent once, not three times (RFC 4733 section 2.5.1.4). The timestamp of the next
/// segment already shows that nothing is missing.
class EventSender {
 public:
  /// `clock_hz` is the audio's RTP clock (RFC 4733 section 2.5.1.2): 8000, or 48000 with Opus; a multiple of 50.
  explicit EventSender(std::uint32_t clock_hz = kEventClockHz);
  /// Changes the clock from the next tick on.
  void set_clock(std::uint32_t clock_hz);
  struct Outgoing {
    std::array<std::uint8_t, kEventOctets> payload{};
    std::uint32_t timestamp = 0;
    bool marker = false;
    char digit = 0;   ///< the digit that sounds in this tick; 0 if the packet only repeats an end
  };
  /// Queues a digit. Returns false if `digit` is not a digit, or if kMaxQueuedDigits wait already. Rounds times up to whole ticks of 20 ms, at least one.
  [[nodiscard]] bool queue(char digit, std::uint32_t on_ms = 100, std::uint32_t off_ms = 60);
  /// Queues a silence before the digit that is queued next. Returns false if kMaxQueuedDigits wait already.
  [[nodiscard]] bool queue_pause(std::uint32_t ms = 500);
  /// Call it once per tick of 20 ms; `timestamp` is that of the tick's first sample. Returns nullopt in pauses and when idle: then audio may be sent.
  [[nodiscard]] std::optional<Outgoing> tick(std::uint32_t timestamp);
  /// Returns true if an event, its repeated end or its pause is in progress, or digits wait.
  [[nodiscard]] bool busy() const { return state_ != State::Idle || count_ != 0; }
  /// Drops the digits that wait; the event in progress still gets its end.
  void clear() { count_ = 0; }

 private:
  enum class State : std::uint8_t { Idle, Sounding, Ending, Pause };
  struct Queued {
    std::uint8_t event = 0;
    std::uint32_t on_ticks = 0, off_ticks = 0;
  };
  [[nodiscard]] Outgoing sound(bool first);

  std::uint32_t tick_units_ = 1;
  std::array<Queued, kMaxQueuedDigits> queue_{};
  std::size_t head_ = 0, count_ = 0;
  State state_ = State::Idle;
  Queued now_{};
  std::uint32_t ticks_left_ = 0;
  std::uint32_t begin_ = 0;        // timestamp of the event, or of its present segment
  std::uint32_t duration_ = 0;     // units since begin_: over kMaxEventDuration in the tick that ends a segment
  int ends_left_ = 0;
};

struct ReceivedDigit {
  char digit = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t timestamp = 0;     ///< start of the event, in RTP units
};

/// Assembles events from packets, and reports each one once when it has ended. An event ends with a packet with the E bit, with the start of the next
/// event, or after kEndSilence without a packet. Lost first or last packets do no harm; repeats and late packets are ignored.
class EventReceiver {
 public:
  /// A segment that is shorter than the limit by at most this time may continue in another segment, because its last packets may be lost.
  static constexpr base::Duration kMaxSegmentSlack = std::chrono::milliseconds(200);
  /// Late packets come within this time. After it, events with an earlier timestamp are accepted again.
  static constexpr base::Duration kForgetEnd = std::chrono::seconds(5);
  static constexpr base::Duration kEndSilence = std::chrono::milliseconds(200);   ///< ten packets of 20 ms
  static constexpr std::size_t kMaxReady = kMaxPackedEvents + 1;                  ///< digits that one packet can end

  /// `clock_hz` is the clock that was negotiated for the payload type.
  explicit EventReceiver(std::uint32_t clock_hz = kEventClockHz);
  /// Changes the clock for the events from now on; an open event ends here.
  void set_clock(std::uint32_t clock_hz);

  /// Handles one packet of the telephone-event payload type, from the accepted source.
  void on_packet(base::Bytes payload, std::uint32_t timestamp, base::TimePoint now);
  void on_time(base::TimePoint now);
  /// Returns the next digit. Call it until it returns nullopt, after on_packet() and on_time().
  [[nodiscard]] std::optional<ReceivedDigit> poll();
  [[nodiscard]] bool sounding() const { return open_.has_value(); }
  /// Returns how many payloads were too short.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  /// Returns how many reports were ignored: events that are not digits, which Offhook never offers (RFC 4733 section 2.5.2.1), events with a
  /// duration of zero, which only states have (RFC 4733 section 2.3.5), and events after the first kMaxPackedEvents in one packet.
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }
  /// Returns how many digits were dropped because more than kMaxReady ended between two polls. One packet alone cannot end more.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Call it when another stream starts. An open event ends here.
  void reset();

 private:
  struct Segment {
    std::uint8_t event = 0;
    std::uint16_t duration = 0;       // units reported until now
    std::uint32_t timestamp = 0;
    base::TimePoint last{};           // time of its last report
  };
  struct Open {
    Segment now;                      // the present segment
    std::uint32_t begin = 0;          // timestamp of the first segment
    std::uint64_t before = 0;         // units of the segments before the present one
  };
  void on_report(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now);
  [[nodiscard]] bool is_over(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now);
  [[nodiscard]] bool goes_on(const Segment& segment, std::uint8_t event, std::uint32_t timestamp) const;
  void finish();

  std::uint32_t clock_hz_;
  std::optional<Open> open_;
  std::optional<Segment> ended_;         // the last segment of the last event, kept for kForgetEnd
  bool end_heard_ = false;               // true if ended_ had the E bit, or another event followed
  std::array<ReceivedDigit, kMaxReady> ready_{};
  std::size_t ready_count_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace offhook::inline v0::rtp
