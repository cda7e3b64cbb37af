#include <offhook/rtp/telephone_event.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";   // RFC 4733 section 3.2, table 3
constexpr std::uint32_t kTickUnits = 160;
constexpr std::uint32_t kTickMs = 20;
constexpr std::uint32_t kMaxTicks = 60 * 50;               // A minute: longer than anyone presses a key.

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
  duration_ += kTickUnits;
  --ticks_left_;
  const bool last = ticks_left_ == 0;
  Outgoing out{write_telephone_event({.event = now_.event, .end = last, .duration = static_cast<std::uint16_t>(duration_)}),
               begin_, first};
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
        ticks_left_ = now_.off_ticks - 1;  // This tick is the first of it.
        return std::nullopt;
      }
      state_ = State::Sounding;
      ticks_left_ = now_.on_ticks;
      begin_ = timestamp;
      duration_ = 0;
      return sound(true);
    case State::Sounding:
      if (duration_ + kTickUnits >
          kMaxEventDuration) {  // A new segment, whose timestamp joins the old one's end: RFC 4733 section 2.5.1.3
        begin_ += duration_;
        duration_ = 0;
      }
      return sound(false);
    case State::Ending: {
      const Outgoing out{
          write_telephone_event({.event = now_.event, .end = true, .duration = static_cast<std::uint16_t>(duration_)}), begin_,
          false};
      if (--ends_left_ == 0) {  // The repeats have taken their share of the pause already.
        const std::uint32_t spent = kEndPackets - 1;
        state_ = now_.off_ticks > spent ? State::Pause : State::Idle;
        ticks_left_ = now_.off_ticks > spent ? now_.off_ticks - spent : 0;
      }
      return out;
    }
  }
  return std::nullopt;
}

void EventReceiver::finish() {
  const auto digit = digit_of(open_->event);
  const std::uint32_t units = open_->before + open_->duration;
  ended_ = open_->segment;
  ended_at_ = open_->last;
  if (digit) {
    if (ready_count_ == ready_.size()) {  // Nobody polls: the older one makes room.
      ready_[0] = ready_[1];
      --ready_count_;
      ++dropped_;
    }
    ready_[ready_count_++] = {*digit, units / kEventUnitsPerMs, open_->begin};
  }
  open_.reset();
}

void EventReceiver::on_packet(base::Bytes payload, std::uint32_t timestamp, base::TimePoint now) {
  on_time(now);
  const auto event = parse_telephone_event(payload);
  if (!event || !digit_of(event->event)) {
    ++malformed_;
    return;
  }
  if (ended_ && now - ended_at_ > kForgetEnd) ended_.reset();
  if (!open_ && ended_ && !is_after(timestamp, *ended_)) return;  // The end repeated, or a straggler of what is over.
  if (open_ && timestamp != open_->segment) {
    if (!is_after(timestamp, open_->segment)) return;
    const bool continues = event->event == open_->event && timestamp - open_->segment >= open_->duration &&
                           timestamp - open_->segment <= kMaxEventDuration &&
                           open_->duration >= kMaxEventDuration - kMaxSegmentSlack;
    if (continues) {
      open_->before += timestamp - open_->segment;
      open_->segment = timestamp;
      open_->duration = 0;
    } else {
      finish();
    }
  }
  if (!open_) open_ = Open{.event = event->event, .begin = timestamp, .segment = timestamp, .last = now};
  if (event->event != open_->event) return;  // Two events under one timestamp: the first one counts.
  open_->duration = std::max(open_->duration, event->duration);
  open_->last = now;
  if (event->end) finish();
}

void EventReceiver::on_time(base::TimePoint now) {
  if (open_ && now - open_->last >= kEndSilence) finish();
}

std::optional<ReceivedDigit> EventReceiver::poll() {
  if (ready_count_ == 0) return std::nullopt;
  const ReceivedDigit digit = ready_[0];
  ready_[0] = ready_[1];
  --ready_count_;
  return digit;
}

void EventReceiver::reset() {
  if (open_) finish();
  ended_.reset();  // The next stream's timestamps begin anywhere.
}

}  // namespace offhook::inline v0::rtp
