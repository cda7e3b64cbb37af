#include <offhook/rtp/telephone_event.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";   // RFC 4733 section 3.2, table 3
constexpr std::uint32_t kTickMs = 20;
constexpr std::uint32_t kMaxTicks = 60 * 50;               // one minute: the longest digit or pause that is sent

std::uint32_t to_ticks(std::uint32_t ms) {
  return std::clamp<std::uint32_t>(ms / kTickMs + (ms % kTickMs != 0 ? 1 : 0), 1, kMaxTicks);
}

bool is_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

}  // namespace

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     event     |E|R| volume    |          duration             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<TelephoneEvent> parse_telephone_event(base::Bytes payload) {
  base::ByteReader reader(payload);
  TelephoneEvent event;
  event.event = reader.u8();
  const std::uint8_t flags = reader.u8();
  event.end = (flags & 0x80) != 0;
  event.volume = flags & 0x3F;
  event.duration = reader.u16();
  if (!reader.ok()) return std::nullopt;
  return event;
}

std::array<std::uint8_t, kEventOctets> write_telephone_event(const TelephoneEvent& event) {
  return {event.event, static_cast<std::uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3F)),
          static_cast<std::uint8_t>(event.duration >> 8), static_cast<std::uint8_t>(event.duration & 0xFF)};
}

std::optional<std::uint8_t> event_of(char digit) {
  const auto at = kDigits.find(digit >= 'a' && digit <= 'd' ? static_cast<char>(digit - 'a' + 'A') : digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

std::optional<char> digit_of(std::uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

EventSender::EventSender(std::uint32_t clock_hz) { set_clock(clock_hz); }

void EventSender::set_clock(std::uint32_t clock_hz) {
  tick_units_ = std::clamp<std::uint32_t>(clock_hz / (1000 / kTickMs), 1, kMaxEventDuration);
}

bool EventSender::queue(char digit, std::uint32_t on_ms, std::uint32_t off_ms) {
  const auto event = event_of(digit);
  if (!event || count_ == kMaxQueuedDigits) return false;
  queue_[(head_ + count_) % kMaxQueuedDigits] = {*event, to_ticks(on_ms), to_ticks(off_ms)};
  ++count_;
  return true;
}

bool EventSender::queue_pause(std::uint32_t ms) {
  if (count_ == kMaxQueuedDigits) return false;
  queue_[(head_ + count_) % kMaxQueuedDigits] = {0, 0, to_ticks(ms)};
  ++count_;
  return true;
}

EventSender::Outgoing EventSender::sound(bool first) {
  if (duration_ > kMaxEventDuration) {  // The previous tick ended a segment. The next segment starts at its end.
    begin_ += kMaxEventDuration;
    duration_ -= kMaxEventDuration;
  }
  if (ticks_left_ != 0) {
    duration_ += tick_units_;
    --ticks_left_;
  }
  // The part that does not fit continues in another segment, and the end is sent with that segment: RFC 4733 section 2.5.1.3
  const bool full = duration_ > kMaxEventDuration, last = ticks_left_ == 0 && !full;
  const auto told = static_cast<std::uint16_t>(full ? kMaxEventDuration : duration_);
  const Outgoing out{write_telephone_event({.event = now_.event, .end = last, .duration = told}), begin_, first, *digit_of(now_.event)};
  if (last) {
    state_ = State::Ending;
    ends_left_ = kEndPackets - 1;
  }
  return out;
}

std::optional<EventSender::Outgoing> EventSender::tick(std::uint32_t timestamp) {
  switch (state_) {
    case State::Pause:
      if (--ticks_left_ != 0) return std::nullopt;
      state_ = State::Idle;
      return std::nullopt;
    case State::Idle:
      if (count_ == 0) return std::nullopt;
      now_ = queue_[head_];
      head_ = (head_ + 1) % kMaxQueuedDigits;
      --count_;
      if (now_.on_ticks == 0) {
        state_ = now_.off_ticks > 1 ? State::Pause : State::Idle;
        ticks_left_ = now_.off_ticks - 1;  // This tick is the first one of the pause.
        return std::nullopt;
      }
      state_ = State::Sounding;
      ticks_left_ = now_.on_ticks;
      begin_ = timestamp;
      duration_ = 0;
      return sound(true);
    case State::Sounding: return sound(false);
    case State::Ending: {
      const Outgoing out{
          write_telephone_event({.event = now_.event, .end = true, .duration = static_cast<std::uint16_t>(duration_)}), begin_,
          false};
      if (--ends_left_ == 0) {  // The repeats have already used their part of the pause.
        const std::uint32_t spent = kEndPackets - 1;
        state_ = now_.off_ticks > spent ? State::Pause : State::Idle;
        ticks_left_ = now_.off_ticks > spent ? now_.off_ticks - spent : 0;
      }
      return out;
    }
  }
  return std::nullopt;
}

EventReceiver::EventReceiver(std::uint32_t clock_hz) : clock_hz_(std::max<std::uint32_t>(clock_hz, 1)) {}

void EventReceiver::set_clock(std::uint32_t clock_hz) {
  if (clock_hz == clock_hz_ || clock_hz == 0) return;
  reset();
  clock_hz_ = clock_hz;
}

/// Returns true if a report continues `segment`, because there is no gap between them (RFC 4733 section 2.5.2.3). If the last packets of a full
/// segment were lost, the length of the gap shows that the event continues. Shorter segments (RFC 4733 section 2.5.2.3.1) must be exactly adjacent.
bool EventReceiver::goes_on(const Segment& segment, std::uint8_t event, std::uint32_t timestamp) const {
  const std::uint32_t gap = timestamp - segment.timestamp, slack = clock_hz_ / 5;  // kMaxSegmentSlack in units
  if (event != segment.event || gap < segment.duration || gap > kMaxEventDuration) return false;
  return gap == segment.duration || gap + slack >= kMaxEventDuration;
}

void EventReceiver::finish() {
  const auto digit = digit_of(open_->now.event);
  const std::uint64_t units = open_->before + open_->now.duration;
  ended_ = open_->now;
  if (digit) {
    if (ready_count_ == ready_.size()) {  // The application does not call poll(): drop the oldest digit.
      std::copy(ready_.begin() + 1, ready_.end(), ready_.begin());
      --ready_count_;
      ++dropped_;
    }
    ready_[ready_count_++] = {*digit, static_cast<std::uint32_t>(units * 1000 / clock_hz_), open_->begin};
  }
  open_.reset();
}

void EventReceiver::on_packet(base::Bytes payload, std::uint32_t timestamp, base::TimePoint now) {
  on_time(now);
  if (payload.size() < kEventOctets) {
    ++malformed_;
    return;
  }
  // Each event starts where the event before it ended: RFC 4733 section 2.5.2.4
  for (std::size_t packed = 0; payload.size() >= kEventOctets; payload = payload.subspan(kEventOctets), ++packed) {
    const auto event = parse_telephone_event(payload);
    if (packed >= kMaxPackedEvents || !digit_of(event->event) || event->duration == 0) {
      ++ignored_;
    } else {
      on_report(*event, timestamp, now);
    }
    timestamp += event->duration;
  }
}

/// Returns true if the report belongs to an event that was already reported: a repeated end, or a late packet.
bool EventReceiver::is_over(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now) {
  if (!ended_) return false;
  const bool same = timestamp == ended_->timestamp && event.event == ended_->event;
  if (!end_heard_ && (same || goes_on(*ended_, event.event, timestamp))) {
    // The event continues after kEndSilence of loss. It may last for any time, and must not be restarted: RFC 4733 section 2.5.2.2
    const std::uint16_t duration = same ? std::max(ended_->duration, event.duration) : event.duration;
    ended_ = Segment{event.event, duration, timestamp, now};
    end_heard_ = event.end;
    return true;
  }
  if (now - ended_->last > kForgetEnd) ended_.reset();
  return ended_ && !is_after(timestamp, ended_->timestamp);
}

void EventReceiver::on_report(const TelephoneEvent& event, std::uint32_t timestamp, base::TimePoint now) {
  if (!open_ && is_over(event, timestamp, now)) return;
  if (open_ && timestamp != open_->now.timestamp) {
    if (!is_after(timestamp, open_->now.timestamp)) return;
    if (goes_on(open_->now, event.event, timestamp)) {
      open_->before += timestamp - open_->now.timestamp;
      open_->now.timestamp = timestamp;
      open_->now.duration = 0;
    } else {
      end_heard_ = true;
      finish();
    }
  }
  if (!open_) open_ = Open{.now = {event.event, 0, timestamp, now}, .begin = timestamp};
  if (event.event != open_->now.event) return;  // Two events have the same timestamp: the first one counts.
  open_->now.duration = std::max(open_->now.duration, event.duration);
  open_->now.last = now;
  if (!event.end) return;
  end_heard_ = true;
  finish();
}

void EventReceiver::on_time(base::TimePoint now) {
  if (!open_ || now - open_->now.last < kEndSilence) return;
  end_heard_ = false;
  finish();
}

std::optional<ReceivedDigit> EventReceiver::poll() {
  if (ready_count_ == 0) return std::nullopt;
  const ReceivedDigit digit = ready_[0];
  std::copy(ready_.begin() + 1, ready_.begin() + static_cast<std::ptrdiff_t>(ready_count_), ready_.begin());
  --ready_count_;
  return digit;
}

void EventReceiver::reset() {
  if (open_) finish();
  ended_.reset();  // The next stream's timestamps may start anywhere.
}

}  // namespace offhook::inline v0::rtp
