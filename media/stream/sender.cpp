#include <offhook/media/stream/sender.hpp>

#include <offhook/base/prefetch.hpp>
#include <offhook/media/files/prompt.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::media {

Sender::Sender(StreamContext& context, base::Random& random)
    : context_(context), packetizer_(random), playout_(context.port, context.events) {}

void Sender::start(const MediaPlan& plan, bool new_chain) {
  if (new_chain) packetizer_.interrupt();
  packetizer_.configure(plan.send_payload_type, plan.ptime_ms, context_.chain->shape());
  event_sender_.set_clock(plan.event_clock_hz);
  if (translator_) translator_->set_clock(rtp_clock_hz(plan.codec));
}

bool Sender::queue_digit(char digit) { return digit == ',' ? event_sender_.queue_pause() : event_sender_.queue(digit); }

void Sender::apply_commands(std::uint64_t tick, bool sending) {
  auto& commands = context_.port.commands;
  PlayoutCommand command;
  for (std::size_t i = 0; i < commands.capacity() && commands.try_pop(command); ++i) {
    switch (command.kind) {
      case PlayoutCommand::Kind::Flush: playout_.flush(command.utterance, tick, sending); break;
      case PlayoutCommand::Kind::Rise: playout_.rise(); break;
      case PlayoutCommand::Kind::Digits:
        if (relays_ || !queue_digit(command.digit)) ++digits_refused_;
        break;
    }
  }
}

// --- audio -----------------------------------------------------------------------------------------------------------------

std::span<const std::int16_t> Sender::send_tick(const TickTime& time, const Destination& to, const OthersFrame& others, Sendout& out,
                                                CodecChain::Frame& frame) {
  const auto pcm = std::span(frame).first(context_.chain->samples());
  if (!context_.plan->send || !to) {
    std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
    context_.chain->interrupt();
    silence_.interrupt();
    packetizer_.interrupt();  // The frames in the ring continue to wait: the timeline reports only audio that left.
  } else if (event_sender_.busy()) {
    send_digit(time.tick, *to, pcm, out);
  } else {
    send_audio(time, *to, others, out, pcm);
  }
  packetizer_.end_tick();
  return pcm;
}

void Sender::send_audio(const TickTime& time, const base::SocketAddress& to, const OthersFrame& others, Sendout& out, std::span<std::int16_t> pcm) {
  CodecChain& chain = *context_.chain;
  std::array<std::int16_t, kMaxFrameSamples> room;
  const auto wire_tick = time.tick + chain.ticks_until_sent(packetizer_);
  auto spoken = playout_.pull(time.tick, wire_tick, std::span(room).first(context_.port.frame_samples()));
  const bool confers = !others.pcm.empty() || sent_common_;
  const bool mixed = std::exchange(mixed_, !others.pcm.empty());  // If true, our filter still has the end of the mix in it.
  auto octets = playout_.plain_music() || shared_music_ ? share_music(time.tick, !confers && !mixed, pcm) : base::Bytes{};
  if (confers) octets = join_others(others, spoken, room, pcm);
  if (!octets.empty()) {
    silence_.interrupt();
    return packetizer_.audio(octets, to, out);
  }
  chain.from_port(spoken, pcm);
  if (!leaves_out(playout_.sounds() || !others.pcm.empty(), to, out)) chain.send(pcm, packetizer_, to, out);
}

/// Adds the other members' audio to `spoken`. If the agent says nothing and the listener gets the common mix, returns its shared
/// encoding instead, and copies the mix to `pcm`.
base::Bytes Sender::join_others(const OthersFrame& others, std::span<const std::int16_t>& spoken, std::span<std::int16_t> room,
                                std::span<std::int16_t> pcm) {
  CodecChain& chain = *context_.chain;
  const auto octets = others.is_common && !playout_.said() ? others.common->octets(chain.codec()) : base::Bytes{};
  if (std::exchange(sent_common_, !octets.empty()) && octets.empty()) {
    // Our own filter did not process the previous frame, and would continue from older audio.
    std::array<std::int16_t, kMaxFrameSamples> silence{};
    const auto quiet = std::span<const std::int16_t>(silence).first(spoken.size());
    chain.from_port(others.common != nullptr ? others.common->before() : quiet, pcm);
  }
  if (!octets.empty()) {
    const auto narrow = others.common->narrow();
    std::copy(narrow.begin(), narrow.end(), pcm.begin());
    return octets;
  }
  for (std::size_t i = 0; i < others.pcm.size(); ++i)
    room[i] = static_cast<std::int16_t>(std::clamp(spoken[i] + others.pcm[i], -32768, 32767));
  if (!others.pcm.empty()) spoken = room.first(spoken.size());
  return {};
}

base::Bytes Sender::share_music(std::uint64_t tick, bool may, std::span<std::int16_t> pcm) {
  const AudioPort& port = context_.port;
  CodecChain& chain = *context_.chain;
  if (may && playout_.plain_music() && port.music->encodes(port.rate_hz)) {
    const auto octets = port.music->encoded(chain.codec(), tick);
    const auto narrow = port.music->pcm(8000, tick);
    if (!octets.empty() && narrow.size() == pcm.size()) {
      std::copy(narrow.begin(), narrow.end(), pcm.begin());
      shared_music_ = tick;
      return octets;
    }
  }
  // The previous frame was shared music, which has not passed the resampler of this call. The resampler gets it now, so that its state is continuous.
  if (const auto before = std::exchange(shared_music_, std::nullopt)) chain.from_port(port.music->pcm(port.rate_hz, *before), pcm);
  return {};
}

/// Returns true if no audio must be sent in this tick, because the peer makes the silence itself from descriptions that this function
/// sends now and then: RFC 3389 section 4. Our silence has no noise to describe.
bool Sender::leaves_out(bool spoken, const base::SocketAddress& to, Sendout& out) {
  if (!context_.port.leaves_out_silence || !context_.plan->send_comfort_noise) {
    silence_.interrupt();
    return false;
  }
  const auto what = silence_.on_frame(spoken, {});
  if (what == DiscontinuousSender::What::Audio) return false;
  if (what == DiscontinuousSender::What::Nothing) {
    packetizer_.interrupt();
    return true;
  }
  std::array<std::uint8_t, 1> description;
  static_cast<void>(write_comfort_noise({}, description));
  packetizer_.silence(description, kComfortNoiseType, to, out);
  return true;
}

/// Sends one tick of the digits that wait: as an event if the peer accepts events, otherwise as a tone. Sends silence between digits.
void Sender::send_digit(std::uint64_t tick, const base::SocketAddress& to, std::span<std::int16_t> pcm, Sendout& out) {
  CodecChain& chain = *context_.chain;
  const auto event = event_sender_.tick(packetizer_.timestamp());
  const bool as_event = event && context_.plan->send_events;
  digit_tones_.fill(event && !as_event ? event->digit : '\0', chain.rate_hz(), tick, pcm);
  silence_.interrupt();
  if (!as_event) return chain.send(pcm, packetizer_, to, out);
  chain.interrupt();
  packetizer_.event(*event, *context_.plan->send_events, to, out);
}

// --- the packets of another leg ------------------------------------------------------------------------------------------------

void Sender::begin_relay(base::TimePoint next_tick) {
  relays_ = true;
  packets_at_tick_ = packetizer_.packets();
  translator_->begin(packetizer_.ssrc(), packetizer_.sequence(), packetizer_.timestamp(), next_tick);
  // If one of our digits is sounding, the peer ends it when no more packets of it come: RFC 4733 section 2.5.2.3.
  event_sender_ = rtp::EventSender(context_.plan ? context_.plan->event_clock_hz : rtp::kEventClockHz);
  playout_.rise();
}

void Sender::end_relay(base::TimePoint now) {
  relays_ = false;
  packetizer_.go_on(translator_->next_sequence(), translator_->timestamp_at(now));
  silence_.interrupt();
  if (context_.chain) context_.chain->interrupt();
}

void Sender::map_types(const std::optional<MediaPlan>& theirs) {
  using Kind = rtp::Translator::Kind;
  translator_->forget_types();
  if (!context_.plan || !theirs) return;
  const MediaPlan& ours = *context_.plan;
  if (ours.send_comfort_noise) translator_->map_type(kComfortNoiseType, kComfortNoiseType, Kind::ComfortNoise);
  for (const auto& also : theirs->also_receivable) {
    if (also && also->codec == ours.codec) translator_->map_type(also->payload_type, ours.send_payload_type, Kind::Audio);
  }
  if (theirs->codec == ours.codec) translator_->map_type(theirs->receive_payload_type, ours.send_payload_type, Kind::Audio);
  const auto map_event = [&](std::uint8_t payload_type, std::uint32_t clock_hz) {
    if (ours.send_events && clock_hz == ours.event_clock_hz) translator_->map_type(payload_type, *ours.send_events, Kind::Event);
  };
  if (theirs->also_receive_events) map_event(theirs->also_receive_events->payload_type, theirs->also_receive_events->clock_hz);
  if (theirs->receive_events) map_event(*theirs->receive_events, theirs->event_clock_hz);
}

std::optional<Onward> Sender::pass_on(const rtp::Packet& packet, const Destination& to, base::TimePoint now) {
  if (!context_.plan || !context_.plan->send || !to) {
    translator_->interrupt();
    return std::nullopt;
  }
  const auto ours = translator_->translate(packet, now);
  if (!ours) return std::nullopt;
  packetizer_.count(ours->payload.size());
  return Onward{*ours, *to};
}

// --- statistics ------------------------------------------------------------------------------------------------------------

void Sender::begin_ssrc(std::uint32_t ssrc) {
  packetizer_.begin_ssrc(ssrc);
  if (translator_) translator_->set_ssrc(ssrc);
}

void Sender::fill(LegStatistics& all) const {
  all.packets_sent = packetizer_.packets();
  all.bytes_sent = packetizer_.datagram_octets();
  if (translator_) {
    all.packets_passed = translator_->statistics().passed;
    all.packets_unpassed = translator_->statistics().dropped();
  }
  all.digits_unsent = digits_refused_;
}

void Sender::prefetch() noexcept {
  packetizer_.prefetch();
  playout_.prefetch();
  base::prefetch_between(&sent_common_, this + 1);
}

}  // namespace offhook::inline v0::media
