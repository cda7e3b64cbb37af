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
inline constexpr std::uint32_t kEventClockHz = 8000;         ///< telephone-event/8000, beside G.711 and G.722
inline constexpr std::size_t kMaxPackedEvents = 8;           ///< of one packet: RFC 4733 section 2.5.1.5

/// The payload of one packet. RFC 4733 section 2.3.
struct TelephoneEvent {
  std::uint8_t event = 0;        ///< 0..15: 0-9 * # A-D (RFC 4733 section 3.2)
  bool end = false;
  std::uint8_t volume = 10;      ///< 0..63: power is -volume dBm0
  std::uint16_t duration = 0;    ///< units since the packet's timestamp
};
/// Nothing when shorter than 4 octets. Further octets are the next event's (RFC 4733 section 2.5.1.5).
[[nodiscard]] std::optional<TelephoneEvent> parse_telephone_event(base::Bytes payload);
[[nodiscard]] std::array<std::uint8_t, kEventOctets> write_telephone_event(const TelephoneEvent& event);
/// 0-9 * # A-D (a-d too) to the event's number, and back; nothing for anything else.
[[nodiscard]] std::optional<std::uint8_t> event_of(char digit);
[[nodiscard]] std::optional<char> digit_of(std::uint8_t event);

/// Sends digits one after the other as events: one packet per tick with the same timestamp and a growing duration, the marker on
/// the first, the end sent three times. RFC 4733 section 2.5.1.
/// Deviation: a segment's last report is sent once and not three times (RFC 4733 section 2.5.1.4), as the next one says by its
/// timestamp that nothing is missing.
class EventSender {
 public:
  /// `clock_hz` is the audio's RTP clock (RFC 4733 section 2.5.1.2): 8000, or 48000 beside Opus; a multiple of 50.
  explicit EventSender(std::uint32_t clock_hz = kEventClockHz);
  /// From the next tick on.
  void set_clock(std::uint32_t clock_hz);
  struct Outgoing {
    std::array<std::uint8_t, kEventOctets> payload{};
    std::uint32_t timestamp = 0;
    bool marker = false;
    char digit = 0;   ///< that sounds in this tick; 0: only its end is told again
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

  std::uint32_t tick_units_ = 1;
  std::array<Queued, kMaxQueuedDigits> queue_{};
  std::size_t head_ = 0, count_ = 0;
  State state_ = State::Idle;
  Queued now_{};
  std::uint32_t ticks_left_ = 0;
  std::uint32_t begin_ = 0;        // timestamp of the event or of its running segment
  std::uint32_t duration_ = 0;     // since begin_: over kMaxEventDuration in the tick that ends a segment
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
  /// A segment at most so much short of the limit may go on in another, as its last packets may be lost.
  static constexpr base::Duration kMaxSegmentSlack = std::chrono::milliseconds(200);
  static constexpr base::Duration kForgetEnd =
      std::chrono::seconds(5);  ///< stragglers come sooner; a clock that went back is heard again
  static constexpr base::Duration kEndSilence = std::chrono::milliseconds(200);   ///< ten packets of 20 ms
  static constexpr std::size_t kMaxReady = kMaxPackedEvents + 1;                  ///< what one packet can end

  /// `clock_hz` as agreed on for the payload type.
  explicit EventReceiver(std::uint32_t clock_hz = kEventClockHz);
  /// Events come by a payload type of another clock from now on: what is open ends here.
  void set_clock(std::uint32_t clock_hz);

  /// One packet of the telephone-event payload type, from the accepted source.
  void on_packet(base::Bytes payload, std::uint32_t timestamp, base::TimePoint now);
  void on_time(base::TimePoint now);
  /// Until empty, after on_packet() and on_time().
  [[nodiscard]] std::optional<ReceivedDigit> poll();
  [[nodiscard]] bool sounding() const { return open_.has_value(); }
  /// Payloads that are too short.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  /// Reports that were left out: of events that are no digits, for which nobody asked (RFC 4733 section 2.5.2.1), of a duration of
  /// zero, which only states have (RFC 4733 section 2.3.5), and those beyond kMaxPackedEvents in one packet.
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }
  /// Digits pushed out because more ended between two polls than kMaxReady, which one packet cannot exceed.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Another stream began: what is open ends here.
  void reset();

 private:
  struct Segment {
    std::uint8_t event = 0;
    std::uint16_t duration = 0;       // as far as reported
    std::uint32_t timestamp = 0;
    base::TimePoint last{};           // when it was last heard of
  };
  struct Open {
    Segment now;                      // the running one
    std::uint32_t begin = 0;          // of the first
    std::uint64_t before = 0;         // units of those before it
  };
  void on_report(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now);
  [[nodiscard]] bool is_over(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now);
  [[nodiscard]] bool goes_on(const Segment& segment, std::uint8_t event, std::uint32_t timestamp) const;
  void finish();

  std::uint32_t clock_hz_;
  std::optional<Open> open_;
  std::optional<Segment> ended_;         // the last one of the last event, for kForgetEnd
  bool end_heard_ = false;               // ended_ had the E bit, or another event followed
  std::array<ReceivedDigit, kMaxReady> ready_{};
  std::size_t ready_count_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace offhook::inline v0::rtp
