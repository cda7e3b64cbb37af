#include <offhook/rtp/translator.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::rtp {

void Translator::set_clock(std::uint32_t clock_hz) noexcept {
  if (clock_hz == clock_hz_) return;
  clock_hz_ = clock_hz;
  spacing_ = clock_hz / 50;
}

void Translator::begin(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp, base::TimePoint now) noexcept {
  ssrc_ = ssrc;
  next_sequence_ = sequence;
  end_ = timestamp;
  end_at_ = now;
  source_.reset();
  event_.reset();
  interrupted_ = false;
}

void Translator::map_type(std::uint8_t from, std::uint8_t to, Kind kind) noexcept {
  if (from > kMaxPayloadType || to > kMaxPayloadType) return;
  routes_[from] = {true, to, kind};
}

std::int64_t Translator::units(base::Duration duration) const noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count() * clock_hz_ / 1'000'000;
}

std::uint32_t Translator::timestamp_at(base::TimePoint now) const noexcept {
  return end_ + static_cast<std::uint32_t>(units(std::max(now - end_at_, base::Duration::zero())));
}

std::optional<Packet> Translator::translate(const Packet& packet, base::TimePoint arrival) noexcept {
  const Route route = packet.payload_type <= kMaxPayloadType ? routes_[packet.payload_type] : Route{};
  if (!route.known) {
    ++counts_.unknown_type;
    return std::nullopt;
  }
  if (kFixedHeaderOctets + packet.payload.size() > kMaxPassedOctets) {
    ++counts_.too_long;
    return std::nullopt;
  }
  const Place where = place(packet, arrival);
  if (where == Place::Nowhere) return std::nullopt;
  if (where == Place::Newest && route.kind != Kind::Event) watch_clock(packet, arrival);

  Packet ours;
  ours.ssrc = ssrc_;
  ours.payload_type = route.to;
  ours.sequence = static_cast<std::uint16_t>(packet.sequence + sequence_offset_);
  ours.timestamp = timestamp_of(packet, route.kind);
  ours.marker = packet.marker;
  ours.payload = packet.payload;
  if (route.kind == Kind::Audio && marks_) {  // The marker of an event means the event's start, and comfort noise is not a talkspurt.
    ours.marker = true;
    marks_ = false;
  }
  if (where == Place::Newest) {
    next_sequence_ = static_cast<std::uint16_t>(ours.sequence + 1);
    if (route.kind != Kind::Event) note_newest(packet, ours.timestamp, arrival);
  }
  ++counts_.passed;
  return ours;
}

Translator::Place Translator::place(const Packet& packet, base::TimePoint arrival) noexcept {
  if (source_ != packet.ssrc || interrupted_) {
    if (source_ != packet.ssrc) event_.reset();
    restart(packet, arrival);
    return Place::Newest;
  }
  const auto ahead = static_cast<std::uint16_t>(packet.sequence - highest_);
  if (ahead != 0 && ahead < kMaxDropout) {
    seen_ <<= ahead;
    seen_.set(0);
    highest_ = packet.sequence;
    since_restart_ += ahead;
    confirms_jump_.reset();
    return Place::Newest;
  }
  const auto behind = static_cast<std::uint16_t>(highest_ - packet.sequence);
  if (behind <= kMaxMisorder) return place_behind(behind);
  const bool confirmed = confirms_jump_ == packet.sequence;
  if (!confirmed) {
    confirms_jump_ = static_cast<std::uint16_t>(packet.sequence + 1);
    ++counts_.unconfirmed;
    return Place::Nowhere;
  }
  restart(packet, arrival);
  return Place::Newest;
}

Translator::Place Translator::place_behind(std::size_t behind) noexcept {
  if (behind > since_restart_) {
    ++counts_.late;
    return Place::Nowhere;
  }
  if (seen_.test(behind)) {
    ++counts_.duplicate;
    return Place::Nowhere;
  }
  seen_.set(behind);
  return Place::Behind;
}

void Translator::restart(const Packet& packet, base::TimePoint arrival) noexcept {
  if (source_) ++counts_.restarts;
  source_ = packet.ssrc;
  highest_ = packet.sequence;
  since_restart_ = 0;
  seen_.reset();
  seen_.set(0);
  confirms_jump_.reset();
  interrupted_ = false;
  marks_ = true;
  audio_.reset();
  sequence_offset_ = static_cast<std::uint16_t>(next_sequence_ - packet.sequence);
  timestamp_offset_ = timestamp_at(arrival) - packet.timestamp;
}

void Translator::watch_clock(const Packet& packet, base::TimePoint arrival) noexcept {
  if (!audio_) return;
  const std::int64_t step = static_cast<std::int32_t>(packet.timestamp - audio_->timestamp), slack = clock_hz_;
  const std::int64_t passed = std::max<std::int64_t>(units(arrival - audio_->arrival), 0);
  if (step >= -slack && step <= passed + slack) return;
  timestamp_offset_ = timestamp_at(arrival) - packet.timestamp;
  audio_.reset();
  marks_ = true;
  ++counts_.clock_jumps;
}

void Translator::note_newest(const Packet& packet, std::uint32_t timestamp, base::TimePoint arrival) noexcept {
  if (audio_ && packet.sequence == static_cast<std::uint16_t>(audio_->sequence + 1)) {
    const std::uint32_t distance = packet.timestamp - audio_->timestamp;
    if (distance > 0 && distance <= clock_hz_ / 4) spacing_ = distance;  // At most a quarter second, so that it contains no pause.
  }
  audio_ = Audio{packet.sequence, packet.timestamp, arrival};
  end_ = timestamp + spacing_;
  end_at_ = arrival + std::chrono::microseconds(std::uint64_t{spacing_} * 1'000'000 / clock_hz_);
}

std::uint32_t Translator::timestamp_of(const Packet& packet, Kind kind) noexcept {
  if (kind != Kind::Event) return packet.timestamp + timestamp_offset_;
  if (!event_ || event_->timestamp != packet.timestamp) event_ = Event{packet.timestamp, packet.timestamp + timestamp_offset_};
  return event_->ours;
}

}  // namespace offhook::inline v0::rtp
