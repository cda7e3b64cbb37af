#include <offhook/media/stream/stream.hpp>

#include <offhook/base/prefetch.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <cassert>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint64_t kTicksPerEchoLook = 50;  // the echo path is checked once per second

}  // namespace

Stream::Stream(StreamOptions options, AudioPort& port, base::Random& random)
    : context_(port, random.next_u64()), receiver_(context_, options.silence_limit), sender_(context_, random), detectors_(context_, sender_),
      reporter_(context_, receiver_, sender_, std::move(options.cname), random), watch_(context_, options.silence_limit) {}

std::unique_ptr<CodecChain> Stream::make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo) {
  return std::make_unique<CodecChain>(plan, port_rate_hz, guards_echo);
}

std::unique_ptr<CodecChain> Stream::start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now) {
  const auto& before = context_.plan;
  const bool first = !before;
  const bool moved = first || before->remote_rtp != plan.remote_rtp || before->remote_rtcp != plan.remote_rtcp;
  receiver_.expect(plan, moved || relearn);
  if (chain) std::swap(context_.chain, chain);
  if (moved || relearn || chain) {
    receiver_.forget_events();
    forget_audio();
  }
  sender_.start(plan, chain != nullptr);
  if (plan.receive_events) detectors_.forget_digit();
  if (first || (!before->receive && plan.receive)) watch_.begin(now);
  if (first) reporter_.begin(now);
  context_.plan = plan;
  if (is_relayed()) {
    map_types();
    relayed_with_->map_types();
  }
  return chain;
}

/// Forgets the audio received until now, because the next audio does not continue it.
void Stream::forget_audio() {
  receiver_.forget_audio();
  detectors_.forget_audio();
  context_.meter.on_new_stream();
  if (context_.chain) context_.chain->forget_audio();
}

// --- datagrams in ----------------------------------------------------------------------------------------------------------

std::optional<Onward> Stream::on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  taken_ = false;
  if (!context_.plan) return std::nullopt;
  // A peer may mux RTCP without negotiation (RFC 5761 section 5.1.1). Its reports must not be decoded as audio.
  if (channel != Channel::Rtcp && !rtp::is_rtcp(datagram)) return on_rtp(from, datagram, now);
  reporter_.on_rtcp(from, datagram, now);
  return std::nullopt;
}

std::optional<Onward> Stream::on_rtp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  const auto packet = rtp::parse_packet(datagram);
  if (!packet) {
    receiver_.on_malformed();
    return std::nullopt;
  }
  const auto content = receiver_.accept(*packet, from, datagram.size(), now);
  if (content.kind == Receiver::Content::Kind::Refused) return std::nullopt;
  taken_ = content.is_next;
  reporter_.on_ssrc(packet->ssrc, from);
  if (is_relayed()) return pass(*packet, content, now);
  if (context_.plan->receive) receiver_.store(*packet, content, now);
  return std::nullopt;
}

// --- the tick --------------------------------------------------------------------------------------------------------------

inline void Stream::begin_tick(const TickTime& time, bool sending) {
  context_.events.retry();
  sender_.apply_commands(time.tick, sending);
  watch_.on_tick(time, receiver_.source().last_heard());
  receiver_.on_time(time.now);
  while (const auto digit = receiver_.poll_digit()) detectors_.report_digit(digit->digit, digit->duration_ms, time);
}

std::span<const std::int16_t> Stream::hear(const TickTime& time, CodecChain::Frame& frame) {
  if (!context_.plan) return {};
  const auto last = std::exchange(context_.last_tick, time).tick;
  if (std::exchange(ticked_, true) && time.tick > last + 1) {
    sender_.skip(time.tick - last - 1);
    context_.chain->interrupt();
  }
  if (is_relayed()) return {};
  const auto pcm = std::span(frame).first(context_.chain->samples());
  pulled_ = receiver_.pull(time.now, detectors_.voiced(), pcm);
  return pcm;
}

std::span<const std::int16_t> Stream::sent_line() const {
  return context_.chain && context_.chain->echo_guard ? context_.chain->echo_guard->sent_line() : std::span<const std::int16_t>();
}

void Stream::go_on(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, Sendout& out) {
  if (!context_.plan) return;
  if (is_relayed()) return go_on_relayed(time, out);
  const auto to = receiver_.source().rtp_destination();
  static_cast<void>(emit(time, to, pcm, voice));  // Before the agent's audio, so that a caller that starts to speak now ducks the agent in this tick.
  answer(time, to, pcm, {}, out);
}

SaidFrame Stream::take_in(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice) {
  if (!context_.plan || is_relayed()) return {};
  const auto heard = emit(time, receiver_.source().rtp_destination(), pcm, voice);
  return {.pcm = heard, .voiced = detectors_.voiced(), .silent = pulled_ == rtp::Pull::Kind::Silence, .echo = detectors_.echo()};
}

void Stream::give_out(const TickTime& time, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out) {
  if (is_relayed()) return go_on_relayed(time, out);  // A row of a conference may contain a leg that has left the conference.
  if (context_.plan) answer(time, receiver_.source().rtp_destination(), pcm, others, out);
}

std::span<const std::int16_t> Stream::emit(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const HeardVoice& voice) {
  begin_tick(time, context_.plan->send && to);
  detectors_.hear(time, pcm, voice, pulled_);
  const auto told = give_to_port(time, pcm);
  detectors_.detect_speech(time);
  return told;
}

/// Passes the frame to the port. The result is valid until the next frame, because the conversation never changes the frame.
std::span<const std::int16_t> Stream::give_to_port(const TickTime& time, std::span<const std::int16_t> pcm) {
  AudioPort& port = context_.port;
  HeardFrame* const heard = port.heard.claim();
  const auto told = std::span(heard != nullptr ? heard->pcm : unheard_).first(port.frame_samples());
  context_.chain->to_port(pcm, told);
  if (heard == nullptr) {  // The conversation is late. The next frame that it gets continues after the dropped one.
    port.heard_dropped.fetch_add(1, std::memory_order_relaxed);
    return told;
  }
  heard->tick = time.tick;
  heard->samples = static_cast<std::uint16_t>(told.size());
  heard->speech = detectors_.voiced();
  heard->concealed = pulled_ != rtp::Pull::Kind::Frame;
  heard->echo = detectors_.echo();
  heard->level_dbov = detectors_.level_dbov();
  port.heard.publish();
  return told;
}

void Stream::answer(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const OthersFrame& others,
                    Sendout& out) {
  CodecChain::Frame frame;
  const auto sent = sender_.send_tick(time, to, others, out, frame);
  CodecChain& chain = *context_.chain;
  if (chain.echo_guard) chain.echo_guard->on_sent(sent);
  if (context_.port.recording) context_.port.recording->record(time.tick, chain.rate_hz(), pcm, sent);
  if (time.tick % kTicksPerEchoLook == 0) detectors_.measure_echo();
  context_.meter.end_tick(context_.plan->receive, context_.plan->send && to);
  reporter_.report_when_due(time.now, out);
}

void Stream::tick(const TickTime& time, VoiceBank& alone, Sendout& out) {
  CodecChain::Frame frame;
  const auto pcm = hear(time, frame);
  alone.hear(0, pcm, sent_line());
  alone.run();
  go_on(time, pcm, alone.found(0), out);
}

void Stream::finish(base::TimePoint now, Sendout& out) {
  if (context_.port.recording) context_.port.recording->finish();
  part(now);
  if (context_.plan) reporter_.say_bye(now, out);
}

// --- relay -----------------------------------------------------------------------------------------------------------------

void Stream::join(Stream& a, Stream& b, base::TimePoint now) {
  assert(&a != &b && a.sender_.can_relay() && b.sender_.can_relay() && !a.is_relayed() && !b.is_relayed());
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
  sender_.begin_relay(ticked_ ? context_.last_tick.now + std::chrono::milliseconds(20) : now);  // The packetizer is at the next tick.
  detectors_.end_audio();
  context_.meter.on_new_stream();
}

// The event receiver keeps its state: a digit may last beyond the end of the relay, and would otherwise be reported twice.
void Stream::end_relay(base::TimePoint now) {
  relayed_with_ = nullptr;
  sender_.end_relay(now);
  forget_audio();
}

/// Maps the payload types of the other peer to those of our peer.
void Stream::map_types() { sender_.map_types(relayed_with_->context_.plan); }

std::optional<Onward> Stream::pass(const rtp::Packet& packet, const Receiver::Content& content, base::TimePoint now) {
  context_.meter.on_passed();
  if (!context_.plan->receive) {
    relayed_with_->sender_.interrupt_relay();
    return std::nullopt;
  }
  receiver_.take_event(packet, content, now);
  return relayed_with_->sender_.pass_on(packet, relayed_with_->receiver_.source().rtp_destination(), now);
}

void Stream::go_on_relayed(const TickTime& time, Sendout& out) {
  begin_tick(time, false);
  context_.meter.end_tick(context_.plan->receive, sender_.end_relayed_tick());
  reporter_.report_when_due(time.now, out);
}

// --- helpers ---------------------------------------------------------------------------------------------------------------

LegStatistics Stream::statistics() const {
  auto all = reporter_.statistics();
  detectors_.fill(all);
  all.events_dropped = context_.port.events_dropped.load(std::memory_order_relaxed);
  all.heard_dropped = context_.port.heard_dropped.load(std::memory_order_relaxed);
  return all;
}

void Stream::prefetch_links() const noexcept {
  context_.prefetch_links();
  receiver_.prefetch_links();
}

void Stream::prefetch() noexcept {
  if (is_relayed()) return;
  context_.prefetch();
  receiver_.prefetch();
  sender_.prefetch();
  detectors_.prefetch();
  base::prefetch_between(&reporter_, &unheard_);
}

}  // namespace offhook::inline v0::media
