#include <offhook/media/stream/stream.hpp>

#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/media/dsp/level.hpp>
#include <offhook/media/files/recording_tap.hpp>
#include <offhook/rtp/packet.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kDetectorSamples = 160;       // the detector counts at the RTP clock, whatever the codec's rate is
SpeechOptions listening(const AudioPort& port) { return {.hangover = port.hangover}; }
// Speech over the agent's voice needs 100 ms of voice in 120 ms, so that a cough is not enough. Only audio that is not explained as an echo counts.
// The end of the speech must be reported before the conversation takes it for an interruption (240 ms after its start was reported). The hangover of
// a turn would always be too late. Once the agent is interrupted it does not speak any more, and the turn's hangover applies again.
constexpr SpeechOptions kBargeIn{.onset_window = 6, .onset_voiced = 5, .hangover = 6};

constexpr std::uint64_t kTicksPerEchoLook = 50;   // the echo path is checked once per second
constexpr float kSurelyEcho = 0.5F;               // the value of EchoGuard::Path::likeness above which the received audio is our echo

constexpr std::int32_t kMostMoved = 8000;         // units: one second, half of which the echo guard covers

constexpr std::uint32_t kPauseAfterSpeech = 75;  // ticks in which the conversation decides whether the agent continues; after them it continues

rtp::DelayProfile profile_for(Listener listener) { return listener == Listener::Machine ? rtp::kRecogniserProfile : rtp::kCallProfile; }
/// Returns whether the payload is comfort noise. Its static payload type has a clock of 8000 Hz, and is not valid with a
/// codec of another clock (RFC 3389 section 4.1).
bool is_noise(const MediaPlan& plan, std::uint8_t payload_type) {
  return payload_type == kComfortNoiseType && rtp_clock_hz(plan.codec) == 8000;
}

rtp::JitterBuffer::Content content_of(AudioCodec codec, base::Bytes payload) {
  const bool rests = codec == AudioCodec::Opus && is_opus_dtx(payload.size());
  return rests ? rtp::JitterBuffer::Content::LastAudio : rtp::JitterBuffer::Content::Audio;
}

std::uint32_t to_ms(base::Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

Stream::Stream(StreamOptions options, AudioPort& port, base::Random& random)
    : options_(std::move(options)), port_(&port), rtcp_seed_(random.next_u64()), listener_(port.listener.load(std::memory_order_relaxed)),
      source_(options_.silence_limit), jitter_buffer_(profile_for(listener_)), packetizer_(random), events_(port), playout_(port, events_),
      speech_(listening(port)) {
  if (options_.cname.empty()) options_.cname = random.token();
}

Stream::~Stream() = default;

std::unique_ptr<CodecChain> Stream::make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo) {
  return std::make_unique<CodecChain>(plan, port_rate_hz, guards_echo);
}

std::unique_ptr<CodecChain> Stream::start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now) {
  const bool first = !plan_;
  const bool moved = first || plan_->remote_rtp != plan.remote_rtp || plan_->remote_rtcp != plan.remote_rtcp;
  source_.expect({.rtp = plan.remote_rtp, .rtcp = plan.remote_rtcp, .signalling_host = plan.signalling_host, .rule = plan.source_rule});
  if (moved || relearn) source_.relearn();
  if (chain) std::swap(chain_, chain);
  if (moved || relearn || chain) {
    event_receiver_.reset();
    forget_sound();
  }
  if (chain) packetizer_.interrupt();
  packetizer_.configure(plan.send_payload_type, plan.ptime_ms, chain_->shape());
  event_sender_.set_clock(plan.event_clock_hz);
  if (plan.receive_events) dtmf_ = {};  // A partly detected digit must not be reported much later.
  if (first || (!plan_->receive && plan.receive)) receiving_since_ = now;
  if (first) rtcp_schedule_.emplace(rtcp_seed_, now);
  plan_ = plan;
  if (translator_) translator_->set_clock(rtp_clock_hz(plan.codec));
  if (relayed_with_ != nullptr) {
    map_types();
    relayed_with_->map_types();
  }
  return chain;
}

/// Forgets the audio before: the next audio is unrelated.
void Stream::forget_sound() {
  jitter_buffer_.reset();
  jitter_buffer_.hold_longer(0);
  dtmf_ = {};
  meter_.on_new_stream();
  peer_noise_.reset();
  delay_.reset();
  if (port_->progress_detector) port_->progress_detector->reset();
  if (!chain_) return;
  chain_->concealer.reset();
  chain_->line.reset();
  if (chain_->echo_guard) chain_->echo_guard->reset();
  chain_->restart_decoder();
}

// --- datagrams in ----------------------------------------------------------------------------------------------------------

std::optional<Onward> Stream::on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  taken_ = false;
  if (!plan_) return std::nullopt;
  // A peer may mux RTCP without negotiation (RFC 5761 section 5.1.1). Its reports must not be decoded as audio.
  if (channel != Channel::Rtcp && !rtp::is_rtcp(datagram)) return on_rtp(from, datagram, now);
  on_rtcp(from, datagram, now);
  return std::nullopt;
}

std::optional<Onward> Stream::on_rtp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  const auto packet = rtp::parse_packet(datagram);
  if (!packet) {
    ++malformed_;
    return std::nullopt;
  }
  const auto event = plan_->event_clock_of(packet->payload_type);
  const auto audio = plan_->codec_of(packet->payload_type);
  if (!event && !audio && !is_noise(*plan_, packet->payload_type)) {
    ++refused_payload_;  // before the source is checked: invalid packets must not pass a probation
    if (source_.is_of_source(from, packet->ssrc)) reception_.on_other(packet->ssrc, packet->sequence);  // The packet is not lost.
    return std::nullopt;
  }
  const auto before = source_.ssrc();
  if (source_.on_rtp(from, packet->ssrc, packet->sequence, now) != rtp::SourcePolicy::Verdict::Accept) return std::nullopt;
  if (packet->ssrc == packetizer_.ssrc()) on_collision(from.ip);
  taken_ = audio && is_next(*packet, before != source_.ssrc());
  bytes_received_ += datagram.size();
  if (before && before != source_.ssrc()) {
    event_receiver_.reset();
    meter_.on_new_stream();
  }
  meter_.on_packet();
  const std::uint32_t clock_hz = audio ? rtp_clock_hz(*audio) : 0;
  if (audio) reception_.set_clock(clock_hz);
  reception_.on_packet(packet->ssrc, packet->sequence, packet->timestamp, now, !audio || meter_.in_time(packet->timestamp, clock_hz));
  if (event) event_receiver_.set_clock(*event);
  if (relayed_with_ != nullptr) return pass(*packet, event.has_value(), now);
  if (!plan_->receive) return std::nullopt;
  if (event) {
    event_receiver_.on_packet(packet->payload, packet->timestamp, now);
    static_cast<void>(jitter_buffer_.put_or_push_out(*packet, now, rtp::JitterBuffer::Content::Key, {static_cast<std::uint8_t>(*event / rtp::kUnitHz), 0}));
    return std::nullopt;
  }
  if (!audio && !peer_noise_.on_payload(packet->payload, packet->timestamp)) {
    ++malformed_;
    return std::nullopt;
  }
  using Content = rtp::JitterBuffer::Content;
  const auto timing = audio ? timing_of(*audio, packet->payload) : rtp::PayloadTiming{};
  if (!timing) {
    ++malformed_;
    return std::nullopt;
  }
  const auto content = audio ? content_of(*audio, packet->payload) : Content::ComfortNoise;
  static_cast<void>(jitter_buffer_.put_or_push_out(*packet, now, content, *timing));  // The buffer counts refused packets.
  return std::nullopt;
}

/// Returns whether the packet is newer than all others before: no copy, and not reordered.
bool Stream::is_next(const rtp::Packet& packet, bool of_another_source) {
  const auto behind = static_cast<std::uint16_t>(newest_ - packet.sequence);
  if (!of_another_source && behind <= rtp::kMaxMisorder) return false;
  newest_ = packet.sequence;
  return true;
}

// --- the tick --------------------------------------------------------------------------------------------------------------

std::span<const std::int16_t> Stream::hear(const TickTime& time, CodecChain::Frame& frame) {
  if (!plan_) return {};
  if (ticked_ && time.tick > last_tick_.tick + 1) {
    packetizer_.skip(time.tick - last_tick_.tick - 1);
    chain_->interrupt();
  }
  ticked_ = true;
  last_tick_ = time;
  if (relayed_with_ != nullptr) return {};
  follow_listener();
  const auto pcm = std::span(frame).first(chain_->samples());
  pulled_ = next_frame(time.now, pcm);
  return pcm;
}

std::span<const std::int16_t> Stream::sent_line() const {
  return chain_ && chain_->echo_guard ? chain_->echo_guard->sent_line() : std::span<const std::int16_t>();
}

void Stream::go_on(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, Sendout& out) {
  if (!plan_) return;
  if (relayed_with_ != nullptr) return go_on_relayed(time, out);
  const auto to = source_.rtp_destination();
  static_cast<void>(tell(time, to, pcm, voice));  // Before the agent's audio, so that a caller that starts to speak now ducks the agent in this tick.
  answer(time, to, pcm, {}, out);
}

SaidFrame Stream::take_in(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice) {
  if (!plan_ || relayed_with_ != nullptr) return {};
  const auto heard = tell(time, source_.rtp_destination(), pcm, voice);
  return {.pcm = heard, .voiced = voiced_, .silent = pulled_ == rtp::Pull::Kind::Silence, .echo = echo_};
}

void Stream::give_out(const TickTime& time, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out) {
  if (relayed_with_ != nullptr) return go_on_relayed(time, out);  // A row of a conference may contain a leg that has left it.
  if (plan_) answer(time, source_.rtp_destination(), pcm, others, out);
}

std::span<const std::int16_t> Stream::tell(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const HeardVoice& voice) {
  events_.retry();
  obey_commands(time.tick, plan_->send && to);
  watch_source(time);
  report_digits(time);
  return tell_heard(time, pcm, voice);
}

void Stream::answer(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const OthersFrame& others,
                    Sendout& out) {
  CodecChain::Frame frame;
  const auto sent = say(time, to, others, out, frame);
  if (chain_->echo_guard) chain_->echo_guard->on_sent(sent);
  if (port_->recording) port_->recording->record(time.tick, chain_->rate_hz(), pcm, sent);
  if (time.tick % kTicksPerEchoLook == 0) measure_echo();
  meter_.end_tick(plan_->receive, plan_->send && to);
  report_when_due(time.now, out);
}

void Stream::tick(const TickTime& time, VoiceBank& alone, Sendout& out) {
  CodecChain::Frame frame;
  const auto pcm = hear(time, frame);
  alone.hear(0, pcm, sent_line());
  alone.run();
  go_on(time, pcm, alone.found(0), out);
}

void Stream::finish(base::TimePoint now, Sendout& out) {
  if (port_->recording) port_->recording->finish();
  part(now);
  if (plan_) say_bye(now, out);
}

bool Stream::queue_digit(char digit) { return digit == ',' ? event_sender_.queue_pause() : event_sender_.queue(digit); }

void Stream::obey_commands(std::uint64_t tick, bool sending) {
  PlayoutCommand command;
  for (std::size_t i = 0; i < port_->commands.capacity() && port_->commands.try_pop(command); ++i) {
    switch (command.kind) {
      case PlayoutCommand::Kind::Flush: playout_.flush(command.utterance, tick, sending); break;
      case PlayoutCommand::Kind::Rise: playout_.rise(); break;
      case PlayoutCommand::Kind::Digits:
        if (is_relayed() || !queue_digit(command.digit)) ++digits_refused_;
        break;
    }
  }
}

void Stream::watch_source(const TickTime& time) {
  const auto heard = source_.last_heard();
  if (heard && !media_started_) {
    media_started_ = true;
    emit(MediaEvent::Kind::MediaStarted, time, time.tick);
  }
  // A peer that was asked not to send, or that is on hold, may be silent for any time.
  const auto since = std::max(heard.value_or(base::TimePoint::min()), receiving_since_);
  const bool lost = plan_->receive && time.now - since >= options_.silence_limit;
  if (lost && !media_lost_) emit(MediaEvent::Kind::MediaLost, time, time.tick, to_ms(time.now - since));
  if (!lost && media_lost_ && heard && *heard >= receiving_since_) emit(MediaEvent::Kind::MediaBack, time, time.tick);
  media_lost_ = lost;
}

void Stream::report_digits(const TickTime& time) {
  event_receiver_.on_time(time.now);
  while (const auto digit = event_receiver_.poll()) emit_digit(digit->digit, digit->duration_ms, time);
}

void Stream::hear_tones(const TickTime& time, std::span<const std::int16_t> pcm) {
  // A peer that sends digits as events (RFC 4733) may also send their tones: each digit would then count twice.
  const bool ours = digit_tones_.may_echo(time.tick);
  if (ours) dtmf_ = {};
  const bool digits = !plan_->receive_events && !ours;
  const bool line = port_->progress_detector && !port_->progress_detector->is_done();
  if (!digits && !line) return;
  std::array<std::int16_t, kDtmfFrame> narrow;
  chain_->to_narrow(pcm, narrow);
  if (digits) hear_digits(time, narrow);
  if (line) hear_line(time, narrow);
}

void Stream::hear_line(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow) {
  for (const LineTone tone : port_->progress_detector->hear(narrow)) {
    MediaEvent event;
    event.kind = MediaEvent::Kind::Tone;
    event.tone = tone;
    event.tick = event.at_tick = time.tick;
    events_.push(event);
  }
}

void Stream::hear_digits(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow) {
  dtmf_.hear(narrow);
  while (const auto digit = dtmf_.poll()) {
    if (digit->ended) emit_digit(digit->digit, digit->duration_ms, time);
  }
}

void Stream::emit_digit(char digit, std::uint32_t duration_ms, const TickTime& time) {
  if (!digit_limit_.allows(time.tick)) return;
  MediaEvent event;
  event.kind = MediaEvent::Kind::Digit;
  event.digit = digit;
  event.duration_ms = duration_ms;
  event.tick = event.at_tick = time.tick;
  events_.push(event);
}

void Stream::follow_listener() {
  const Listener listener = port_->listener.load(std::memory_order_relaxed);
  if (listener == listener_) return;
  listener_ = listener;
  jitter_buffer_.set_profile(profile_for(listener));
}

/// Fills the line until it holds a tick, and takes that. Returns the kind of the audio that came last; a tick that was already waiting is a Frame.
rtp::Pull::Kind Stream::next_frame(base::TimePoint now, std::span<std::int16_t> pcm) {
  const std::size_t samples_per_unit = pcm.size() / static_cast<std::size_t>(rtp::kUnitsPerTick);
  TimeStretch& line = chain_->line;
  auto kind = rtp::Pull::Kind::Frame;
  while (line.waiting() < pcm.size()) {
    const std::size_t waiting = line.waiting() / samples_per_unit;
    const auto pull = jitter_buffer_.pull(now, static_cast<std::int64_t>(waiting));
    kind = hear_pull(pull, pcm.first(static_cast<std::size_t>(pull.units) * samples_per_unit));
    if (kind != rtp::Pull::Kind::Frame) continue;
    note_delay(now, waiting, pull, samples_per_unit);
    if (pull.stretch == 0) continue;
    const int by = line.stretch(static_cast<int>(pull.stretch) * static_cast<int>(samples_per_unit), pull.urgent || !voiced_);
    jitter_buffer_.on_stretched(by / static_cast<int>(samples_per_unit));
  }
  line.take(pcm);
  return kind;
}

/// Reports changes of the playout delay to the echo guard. An echo moves when the received audio is stretched, delayed or concealed. All of this
/// changes the time from a frame's timestamp to its playout. A drift of the peer's clock changes it too, but slowly, and the guard learns it.
void Stream::note_delay(base::TimePoint now, std::size_t waiting, const rtp::Pull& pull, std::size_t samples_per_unit) {
  const auto units = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count() / 125'000;
  const auto clock = rtp_clock_hz(plan_->codec_of(pull.payload_type).value_or(plan_->codec)) / 8000;
  const std::uint32_t delay = (static_cast<std::uint32_t>(units) + static_cast<std::uint32_t>(waiting)) * clock - pull.timestamp;
  const auto before = std::exchange(delay_, delay);
  if (!before || delay == *before || pull.restart) return;
  const auto moved = std::clamp<std::int32_t>(static_cast<std::int32_t>(delay - *before) / static_cast<std::int32_t>(clock), -kMostMoved, kMostMoved);
  if (chain_->echo_guard) chain_->echo_guard->shift(moved * static_cast<int>(samples_per_unit));
}

/// Decodes or conceals 20 ms and appends them to the line. `pcm` is scratch memory.
rtp::Pull::Kind Stream::hear_pull(const rtp::Pull& pull, std::span<std::int16_t> pcm) {
  const auto codec = pull.kind == rtp::Pull::Kind::Frame ? plan_->codec_of(pull.payload_type) : std::nullopt;
  if (pull.kind == rtp::Pull::Kind::Silence) {
    if (!peer_noise_.fill(pcm) && !chain_->rest(pcm)) std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
  } else if (!codec) {  // It is lost. Or the plan changed while it waited, and its payload type now has another codec, which would decode it as noise.
    chain_->conceal(pull, pull.gap > 0 ? jitter_buffer_.after_gap() : rtp::Piece{}, pcm);
  } else {
    if (pull.restart) chain_->restart_decoder();
    meter_.on_played(pull.timestamp);
    peer_noise_.on_audio(pull.timestamp);
    if (pull.packed) {
      decode_pieces(*codec, pcm);
    } else {
      chain_->decode(*codec, pull.payload, pcm);
    }
    jitter_buffer_.hold_longer(chain_->wants_held());
    chain_->concealer.good(pcm, pull.seam);
  }
  chain_->line.push(pcm);
  return codec || pull.kind == rtp::Pull::Kind::Silence ? pull.kind : rtp::Pull::Kind::Conceal;
}

/// Decodes a frame of packed packets, which contains parts of one or of several packets.
void Stream::decode_pieces(AudioCodec codec, std::span<std::int16_t> pcm) {
  const std::size_t samples_per_unit = pcm.size() / static_cast<std::size_t>(rtp::kUnitsPerTick);
  for (std::int64_t at = 0; at < rtp::kUnitsPerTick;) {
    const auto piece = jitter_buffer_.piece(at);
    if (piece.units <= 0) return;
    chain_->decode(codec, piece, pcm.subspan(static_cast<std::size_t>(at) * samples_per_unit, static_cast<std::size_t>(piece.units) * samples_per_unit));
    at += piece.units;
  }
}

/// Passes the frame to the port. The result is valid until the next frame, because the conversation only reads it.
std::span<const std::int16_t> Stream::tell_heard(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice) {
  const bool genuine = pulled_ == rtp::Pull::Kind::Frame, silent = pulled_ == rtp::Pull::Kind::Silence;
  if (chain_->echo_guard) {
    EchoGuard& guard = *chain_->echo_guard;
    const auto verdict = voice.bands ? guard.on_heard(*voice.bands, genuine) : guard.on_heard(pcm, genuine);
    if (genuine) echo_ = verdict.echo;  // Concealed audio repeats what was received before.
  }
  if (silent) echo_ = false;
  voiced_ = voice.voiced && !echo_ && !silent;
  hear_tones(time, pcm);
  const auto measured = measure(pcm);
  meter_.on_heard(measured, voiced_, genuine);

  const auto level_dbov = static_cast<std::int16_t>(std::lrint(power_dbov(measured.mean_square())));
  std::span<std::int16_t> told;
  if (HeardFrame* const heard = port_->heard.claim()) {
    heard->tick = time.tick;
    heard->samples = static_cast<std::uint16_t>(port_->frame_samples());
    heard->speech = voiced_;
    heard->concealed = !genuine;
    heard->echo = echo_;
    heard->level_dbov = level_dbov;
    told = std::span(heard->pcm).first(heard->samples);
    chain_->to_port(pcm, told);
    port_->heard.publish();
  } else {  // The conversation is late. The next frame that it gets continues after the dropped one.
    port_->heard_dropped.fetch_add(1, std::memory_order_relaxed);
    told = std::span(unheard_).first(port_->frame_samples());
    chain_->to_port(pcm, told);
  }
  detect_speech(time, level_dbov);
  return told;
}

void Stream::measure_echo() {
  if (!chain_->echo_guard) return;
  const auto path = chain_->echo_guard->path();
  meter_.on_echo(path.likeness >= kSurelyEcho ? std::optional<float>(-path.coupling_db) : std::nullopt);
}

void Stream::detect_speech(const TickTime& time, std::int16_t level_dbov) {
  if (playout_.speaking() != barge_in_options_) {
    barge_in_options_ = playout_.speaking();
    speech_.set_options(barge_in_options_ ? kBargeIn : listening(*port_));
  }
  if (barge_in_options_) {
    evidence_.add(voiced_, level_dbov);
  } else {
    evidence_.reset();
  }
  const auto event = speech_.process(voiced_, kDetectorSamples);
  if (event) tell_speech(*event, time);
  // Not after a Rise: the conversation has then decided to speak over the caller.
  if (speech_.speaking() && playout_.ducked() && evidence_.enough()) playout_.pause();
}

void Stream::tell_speech(const SpeechDetector::Event& event, const TickTime& time) {
  const auto frames_ago = (speech_.position() - event.at_sample) / kDetectorSamples;
  if (event.kind == SpeechDetector::Event::Kind::Started) {
    if (port_->gives_way) playout_.duck();
    emit(MediaEvent::Kind::SpeechStarted, time, time.tick + 1 - std::min(frames_ago, time.tick + 1));
  } else {
    playout_.limit_pause(kPauseAfterSpeech);
    emit(MediaEvent::Kind::SpeechStopped, time, time.tick - std::min(frames_ago, time.tick));
  }
}

// --- helpers ---------------------------------------------------------------------------------------------------------------

void Stream::emit(MediaEvent::Kind kind, const TickTime& time, std::uint64_t at_tick, std::uint32_t duration_ms) {
  MediaEvent event;
  event.kind = kind;
  event.tick = time.tick;
  event.at_tick = at_tick;
  event.duration_ms = duration_ms;
  events_.push(event);
}

void Stream::prefetch_links() const noexcept {
  base::prefetch_between(&options_, &source_);
  base::prefetch(port_, 1);
  port_->heard.prefetch_links();
  port_->playout.prefetch_links();
  jitter_buffer_.prefetch_links();
}

void Stream::prefetch() noexcept {
  if (relayed_with_ != nullptr) return;
  if (chain_) chain_->prefetch();
  port_->heard.prefetch_claim(port_->frame_samples());
  port_->commands.prefetch_pop();
  jitter_buffer_.prefetch();
  source_.prefetch();
  base::prefetch(reception_);
  base::prefetch(event_receiver_);
  base::prefetch(dtmf_);
  base::prefetch(digit_limit_);
  base::prefetch(rtcp_schedule_);
  packetizer_.prefetch();
  base::prefetch(meter_);
  base::prefetch(&peer_noise_, 1);
  events_.prefetch();
  playout_.prefetch();
  base::prefetch(&speech_, sizeof(speech_) + sizeof(evidence_));
  base::prefetch_between(&last_tick_, this + 1);
}

}  // namespace offhook::inline v0::media
