// The part of a stream that relays packets between two streams.
#include <offhook/media/stream/stream.hpp>

#include <cassert>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {

void Stream::join(Stream& a, Stream& b, base::TimePoint now) {
  assert(&a != &b && a.translator_ && b.translator_ && !a.is_relayed() && !b.is_relayed());
  a.begin_relay(b, now);
  b.begin_relay(a, now);
  a.map_types();
  b.map_types();
}

void Stream::part(base::TimePoint now) {
  if (!is_relayed()) return;
  relayed_with_->end_relay(now);
  end_relay(now);
}

void Stream::begin_relay(Stream& other, base::TimePoint now) {
  relayed_with_ = &other;
  packets_at_tick_ = packetizer_.packets();
  const auto next_tick = ticked_ ? last_tick_.now + std::chrono::milliseconds(20) : now;  // The packetizer is at the next tick.
  translator_->begin(packetizer_.ssrc(), packetizer_.sequence(), packetizer_.timestamp(), next_tick);
  // If one of our digits is sounding, it ends where the peer receives no more of it: RFC 4733 section 2.5.2.3.
  event_sender_ = rtp::EventSender(plan_ ? plan_->event_clock_hz : rtp::kEventClockHz);
  if (speech_.speaking()) emit(MediaEvent::Kind::SpeechStopped, last_tick_, last_tick_.tick);
  speech_ = SpeechDetector(SpeechOptions{.hangover = port_->hangover});
  evidence_.reset();
  barge_in_options_ = voiced_ = echo_ = false;
  playout_.rise();
  meter_.on_new_stream();
}

// The receiver of events keeps its state: a digit may last beyond the end of the relay, and would otherwise be reported twice.
void Stream::end_relay(base::TimePoint now) {
  relayed_with_ = nullptr;
  packetizer_.go_on(translator_->next_sequence(), translator_->timestamp_at(now));
  silence_.interrupt();
  if (chain_) chain_->interrupt();
  forget_sound();
}

/// Maps the payload types of the other peer to those of our peer.
void Stream::map_types() {
  translator_->forget_types();
  if (!plan_ || !relayed_with_->plan_) return;
  using Kind = rtp::Translator::Kind;
  const MediaPlan& theirs = *relayed_with_->plan_;
  if (plan_->send_comfort_noise) translator_->map_type(kComfortNoiseType, kComfortNoiseType, Kind::ComfortNoise);
  for (const auto& also : theirs.also_receivable) {
    if (also && also->codec == plan_->codec) translator_->map_type(also->payload_type, plan_->send_payload_type, Kind::Audio);
  }
  if (theirs.codec == plan_->codec) translator_->map_type(theirs.receive_payload_type, plan_->send_payload_type, Kind::Audio);
  if (theirs.also_receive_events && plan_->send_events && theirs.also_receive_events->clock_hz == plan_->event_clock_hz)
    translator_->map_type(theirs.also_receive_events->payload_type, *plan_->send_events, Kind::Event);
  if (theirs.receive_events && plan_->send_events && theirs.event_clock_hz == plan_->event_clock_hz) translator_->map_type(*theirs.receive_events, *plan_->send_events, Kind::Event);
}

std::optional<Onward> Stream::pass(const rtp::Packet& packet, bool event, base::TimePoint now) {
  meter_.on_passed();
  if (!plan_->receive) {
    relayed_with_->translator_->interrupt();
    return std::nullopt;
  }
  if (event) event_receiver_.on_packet(packet.payload, packet.timestamp, now);
  return relayed_with_->leave(packet, now);
}

std::optional<Onward> Stream::leave(const rtp::Packet& packet, base::TimePoint now) {
  const auto to = source_.rtp_destination();
  if (!plan_ || !plan_->send || !to) {
    translator_->interrupt();
    return std::nullopt;
  }
  const auto ours = translator_->translate(packet, now);
  if (!ours) return std::nullopt;
  packetizer_.count(ours->payload.size());
  return Onward{*ours, *to};
}

void Stream::go_on_relayed(const TickTime& time, Sendout& out) {
  events_.retry();
  obey_commands(time.tick, false);
  watch_source(time);
  report_digits(time);
  const bool sent = packetizer_.packets() != std::exchange(packets_at_tick_, packetizer_.packets());
  meter_.end_tick(plan_->receive, sent);
  report_when_due(time.now, out);
}

}  // namespace offhook::inline v0::media
