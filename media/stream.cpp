#include <offhook/media/stream.hpp>

#include <offhook/media/level.hpp>
#include <offhook/media/line_ear.hpp>
#include <offhook/media/recording_tap.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <variant>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kDetectorSamples = 160;       // the detector's clock is the RTP clock, whatever the codec's rate
SpeechOptions listening(const AudioPort& port) { return {.hangover = port.hangover}; }
// Over our own voice a cough must not do: 100 ms of voice in 120 ms. What is not explained as echo counts only. And its end must be
// told before the conversation takes it for an interruption (240 ms after its beginning was told): the hangover of a turn would
// always be too late. Once we are cut off we do not speak any more, and the turn's hangover is in force again.
constexpr SpeechOptions kBargeIn{.onset_window = 6, .onset_voiced = 5, .hangover = 6};

constexpr std::uint64_t kTicksPerEchoLook = 50;   // An echo's path is looked at once a second.
constexpr float kSurelyEcho = 0.5F;               // EchoGuard::Path::likeness from which on what comes back is ours

constexpr std::uint32_t kPauseAfterSpeech = 10;  // Ticks in which the conversation says whether we go on; then we do.

std::uint32_t to_ms(base::Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

Stream::Stream(StreamOptions options, AudioPort& port, base::Random& random)
    : options_(std::move(options)), port_(&port), random_(&random), source_(options_.silence_limit), packetizer_(random), events_(port),
      playout_(port, events_), speech_(listening(port)) {
  if (options_.cname.empty()) options_.cname = random.token();
}

Stream::~Stream() = default;

std::unique_ptr<CodecChain> Stream::make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz) {
  return std::make_unique<CodecChain>(plan.codec, port_rate_hz, plan.receives(AudioCodec::G722));
}

std::unique_ptr<CodecChain> Stream::start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now) {
  const bool first = !plan_;
  const bool moved = first || plan_->remote_rtp != plan.remote_rtp || plan_->remote_rtcp != plan.remote_rtcp;
  source_.expect(plan.remote_rtp, plan.remote_rtcp);
  if (moved || relearn) source_.relearn();
  if (chain) std::swap(chain_, chain);
  if (moved || relearn || chain) {
    jitter_buffer_.reset();
    event_receiver_.reset();
    dtmf_ = {};
    meter_.on_new_stream();
    peer_noise_.reset();
    chain_->concealer.reset();
    chain_->line.reset();
    chain_->echo_guard.reset();
    chain_->restart_decoder();
    if (port_->line_ear) port_->line_ear->reset();
  }
  if (chain) packetizer_.interrupt();
  packetizer_.configure(plan.send_payload_type, plan.ptime_ms);
  if (!plan.send_events) event_sender_.clear();
  if (plan.receive_events) dtmf_ = {};  // What it heard of a digit is not to be told much later.
  if (first || (!plan_->receive && plan.receive)) receiving_since_ = now;
  if (first) rtcp_schedule_.emplace(*random_, now);
  plan_ = plan;
  return chain;
}

// --- datagrams in ----------------------------------------------------------------------------------------------------------

void Stream::on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  if (!plan_) return;
  // A peer that muxes without having been asked to (RFC 5761 section 5.1.1) must not have its reports taken for audio.
  if (channel == Channel::Rtcp || rtp::is_rtcp(datagram)) return on_rtcp(from, datagram, now);
  on_rtp(from, datagram, now);
}

void Stream::on_rtp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  const auto packet = rtp::parse_packet(datagram);
  if (!packet) {
    ++malformed_;
    return;
  }
  const bool event = plan_->receive_events && packet->payload_type == *plan_->receive_events;
  const bool audio = plan_->codec_of(packet->payload_type).has_value();
  if (!event && !audio && packet->payload_type != kComfortNoiseType) {
    ++refused_payload_;  // Before the source is looked at: rubbish must not prove anybody's identity.
    return;
  }
  const auto before = source_.ssrc();
  if (source_.on_rtp(from, packet->ssrc, packet->sequence, now) != rtp::SourcePolicy::Verdict::Accept) return;
  bytes_received_ += datagram.size();
  if (before && before != source_.ssrc()) {
    event_receiver_.reset();
    meter_.on_new_stream();
  }
  meter_.on_packet();
  reception_.on_packet(packet->ssrc, packet->sequence, packet->timestamp, now, !audio || meter_.in_time(packet->timestamp));
  if (!plan_->receive) return;
  if (event) return event_receiver_.on_packet(packet->payload, packet->timestamp, now);
  if (!audio && !peer_noise_.on_payload(packet->payload, packet->timestamp)) {
    ++malformed_;
    return;
  }
  using Content = rtp::JitterBuffer::Content;
  static_cast<void>(jitter_buffer_.put(*packet, now, audio ? Content::Audio : Content::ComfortNoise));  // Counts refusals.
}

void Stream::on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  auto reader = rtp::CompoundReader::open(datagram);
  if (!reader) {
    ++malformed_;
    return;
  }
  if (!source_.on_rtcp(from, reader->sender())) return;
  const auto look_at = [&](const rtp::ReportBlocks& blocks) {
    const auto all = blocks.all();
    const auto ours = std::find_if(all.begin(), all.end(), [&](const rtp::ReportBlock& block) { return block.ssrc == packetizer_.ssrc(); });
    if (ours == all.end()) return meter_.on_report(false, 0);
    meter_.on_report(true, ours->fraction_lost);
    if (const auto trip = rtp::round_trip(*ours, wall_at(now))) round_trip_us_ = static_cast<std::uint32_t>(trip->count());
  };
  while (const auto packet = reader->next()) {
    if (const auto* sender = std::get_if<rtp::SenderReport>(&*packet)) {
      reception_.on_sender_report(*sender, now);
      look_at(sender->blocks);
    } else if (const auto* receiver = std::get_if<rtp::ReceiverReport>(&*packet)) {
      look_at(receiver->blocks);
    }
  }
}

// --- the tick --------------------------------------------------------------------------------------------------------------

std::span<const std::int16_t> Stream::hear(const TickTime& time, CodecChain::Frame& frame) {
  if (!plan_) return {};
  if (ticked_ && time.tick > last_tick_.tick + 1) packetizer_.skip(time.tick - last_tick_.tick - 1);
  ticked_ = true;
  last_tick_ = time;
  const auto pcm = std::span(frame).first(chain_->samples());
  pulled_ = next_frame(time.now, pcm);
  return pcm;
}

void Stream::go_on(const TickTime& time, std::span<const std::int16_t> pcm, bool voice, Sendout& out) {
  if (!plan_) return;
  events_.retry();
  const auto to = source_.rtp_destination();
  obey_commands(time.tick, plan_->send && to);
  watch_source(time);
  report_digits(time);
  tell_heard(time, pcm, voice);  // Before we speak, so that a caller who begins now is ducked under now.
  CodecChain::Frame frame;
  const auto sent = say(time, to, out, frame);
  if (port_->guards_echo) chain_->echo_guard.on_sent(sent);
  if (port_->recording) port_->recording->record(time.tick, sample_rate_hz(chain_->codec()), pcm, sent);
  if (time.tick % kTicksPerEchoLook == 0) measure_echo();
  meter_.end_tick(plan_->receive, plan_->send && to);
  if (rtcp_schedule_->is_due(time.now)) {
    report(time.now, false, out);
    rtcp_schedule_->on_sent(time.now);
  }
}

void Stream::tick(const TickTime& time, VoiceBank& alone, Sendout& out) {
  CodecChain::Frame frame;
  const auto pcm = hear(time, frame);
  alone.hear(0, pcm);
  alone.run();
  go_on(time, pcm, alone.voiced(0), out);
}

void Stream::finish(base::TimePoint now, Sendout& out) {
  if (port_->recording) port_->recording->finish();
  if (plan_) report(now, true, out);
}

bool Stream::queue_digit(char digit) { return digit == ',' ? event_sender_.queue_pause() : event_sender_.queue(digit); }

void Stream::obey_commands(std::uint64_t tick, bool sending) {
  PlayoutCommand command;
  for (std::size_t i = 0; i < port_->commands.capacity() && port_->commands.try_pop(command); ++i) {
    switch (command.kind) {
      case PlayoutCommand::Kind::Flush: playout_.flush(command.utterance, tick, sending); break;
      case PlayoutCommand::Kind::Rise: playout_.rise(); break;
      case PlayoutCommand::Kind::Digits:
        if (!plan_->send_events || !queue_digit(command.digit)) ++digits_refused_;
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
  // A peer that was told not to send, or that we hold, may be as silent as it likes.
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
  // Who sends digits as events (RFC 4733) may let their tones through as well: heard as both, each would count twice.
  const bool digits = !plan_->receive_events;
  if (!digits && !port_->line_ear) return;
  std::array<std::int16_t, kDtmfFrame> narrow;
  chain_->to_narrow(pcm, narrow);
  if (digits) hear_digits(time, narrow);
  if (port_->line_ear) hear_line(time, narrow);
}

void Stream::hear_line(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow) {
  for (const LineTone tone : port_->line_ear->hear(narrow)) {
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

/// Fills the line until it holds a tick, which is taken. The kind of what came last; a tick that had waited there is a frame.
rtp::Pull::Kind Stream::next_frame(base::TimePoint now, std::span<std::int16_t> pcm) {
  const std::size_t samples_per_unit = pcm.size() / static_cast<std::size_t>(rtp::kUnitsPerTick);
  TimeStretch& line = chain_->line;
  auto kind = rtp::Pull::Kind::Frame;
  while (line.waiting() < pcm.size()) {
    const auto pull = jitter_buffer_.pull(now, static_cast<std::int64_t>(line.waiting() / samples_per_unit));
    kind = hear_pull(pull, pcm.first(static_cast<std::size_t>(pull.units) * samples_per_unit));
    if (kind != rtp::Pull::Kind::Frame || pull.stretch == 0) continue;
    const int by = line.stretch(static_cast<int>(pull.stretch) * static_cast<int>(samples_per_unit), pull.urgent || !voiced_);
    jitter_buffer_.on_stretched(by / static_cast<int>(samples_per_unit));
    note_moved(std::abs(by));
  }
  line.take(pcm);
  return kind;
}

/// An echo moves with what is heard: the guard forgets where it was once that is a step of its own.
void Stream::note_moved(int samples) {
  line_moved_ += samples;
  if (line_moved_ * 1000 < static_cast<int>(EchoGuard::kStepMs * sample_rate_hz(chain_->codec()))) return;
  line_moved_ = 0;
  chain_->echo_guard.reset();
}

/// Decodes it or makes it up, into the line; `pcm` is room for it.
rtp::Pull::Kind Stream::hear_pull(const rtp::Pull& pull, std::span<std::int16_t> pcm) {
  const auto codec = pull.kind == rtp::Pull::Kind::Frame ? plan_->codec_of(pull.payload_type) : std::nullopt;
  if (pull.kind == rtp::Pull::Kind::Silence) {
    if (!peer_noise_.fill(pcm)) std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
  } else if (!codec) {  // Lost. Or it waited while another plan took its number away: as another codec it would be noise.
    chain_->concealer.conceal(pcm);
  } else {
    if (pull.restart) chain_->restart_decoder();
    meter_.on_played(pull.timestamp);
    peer_noise_.on_audio(pull.timestamp);
    chain_->decode(*codec, pull.payload, pcm);
    chain_->concealer.good(pcm, pull.seam);
  }
  chain_->line.push(pcm);
  return codec || pull.kind == rtp::Pull::Kind::Silence ? pull.kind : rtp::Pull::Kind::Conceal;
}

void Stream::tell_heard(const TickTime& time, std::span<const std::int16_t> pcm, bool voice) {
  const bool genuine = pulled_ == rtp::Pull::Kind::Frame, silent = pulled_ == rtp::Pull::Kind::Silence;
  if (port_->guards_echo) {
    const auto verdict = chain_->echo_guard.on_heard(pcm, genuine);
    if (genuine) echo_ = verdict.echo;  // What we make up is more of what was heard before.
  }
  if (silent) echo_ = false;
  voiced_ = voice && !echo_ && !silent;
  hear_tones(time, pcm);
  const auto measured = measure(pcm);
  meter_.on_heard(measured, voiced_, genuine);

  HeardFrame* const room = port_->heard.claim();
  if (room == nullptr) port_->heard_dropped.fetch_add(1, std::memory_order_relaxed);
  HeardFrame& heard = room != nullptr ? *room : unheard_;
  heard.tick = time.tick;
  heard.samples = static_cast<std::uint16_t>(port_->frame_samples());
  heard.speech = voiced_;
  heard.concealed = !genuine;
  heard.echo = echo_;
  heard.level_dbov = static_cast<std::int16_t>(std::lrint(power_dbov(measured.mean_square())));
  chain_->to_port(pcm, std::span(heard.pcm).first(heard.samples));
  const auto level_dbov = heard.level_dbov;
  if (room != nullptr) port_->heard.publish();
  detect_speech(time, level_dbov);
}

void Stream::measure_echo() {
  const auto path = chain_->echo_guard.path();
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
  // Not after a Rise: whatever the caller says then, the conversation has decided to speak over it.
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

std::span<const std::int16_t> Stream::say(const TickTime& time, const std::optional<base::SocketAddress>& to, Sendout& out, CodecChain::Frame& frame) {
  const auto pcm = std::span(frame).first(chain_->samples());
  const auto send_audio = [&] {
    std::array<std::uint8_t, CodecChain::kOctets> octets;
    chain_->encode(pcm, octets);
    packetizer_.audio(octets, *to, out);
  };
  if (!plan_->send || !to) {
    std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
    packetizer_.interrupt();  // What waits in the ring goes on waiting: the timeline tells only of what left.
  } else if (event_sender_.busy() && plan_->send_events) {
    std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
    if (const auto event = event_sender_.tick(packetizer_.timestamp())) {
      packetizer_.event(*event, *plan_->send_events, *to, out);
    } else {
      send_audio();
    }
  } else {
    std::array<std::int16_t, kMaxFrameSamples> buffer;
    const auto spoken = std::span(buffer).first(port_->frame_samples());
    static_cast<void>(playout_.pull(time.tick, time.tick + packetizer_.ticks_until_sent(), spoken));
    chain_->from_port(spoken, pcm);
    send_audio();
  }
  packetizer_.end_tick();
  return pcm;
}

void Stream::report(base::TimePoint now, bool bye, Sendout& out) {
  const auto to = source_.rtcp_destination();
  Datagram* datagram = out.next();
  if (!to || datagram == nullptr) return;
  rtp::CompoundWriter writer(datagram->octets);
  rtp::ReportBlocks blocks;
  if (const auto block = reception_.take_report(now)) {
    blocks.items[0] = *block;
    blocks.count = 1;
  }
  const auto ssrc = packetizer_.ssrc();
  // RFC 3550 section 6.4: a sender report when anything was sent since the last one.
  if (packetizer_.packets() != packets_at_report_) {
    writer.sender_report({.ssrc = ssrc, .ntp = wall_at(now), .rtp_timestamp = packetizer_.timestamp(),
                          .packets = static_cast<std::uint32_t>(packetizer_.packets()),
                          .octets = static_cast<std::uint32_t>(packetizer_.payload_octets()), .blocks = blocks});
  } else {
    writer.receiver_report({.ssrc = ssrc, .blocks = blocks});
  }
  packets_at_report_ = packetizer_.packets();
  writer.cname(ssrc, options_.cname);
  if (bye) writer.bye(ssrc, "");
  const auto size = writer.finish();
  if (!size) return;
  datagram->channel = Channel::Rtcp;
  datagram->to = *to;
  datagram->size = static_cast<std::uint16_t>(*size);
  out.keep();
}

// --- small things ----------------------------------------------------------------------------------------------------------

rtp::NtpTime Stream::wall_at(base::TimePoint now) const {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_tick_.now).count();
  // 32.32 fixed point; a stream is never more than a few ticks from its last one.
  const auto units = static_cast<double>(since) * 4294967296.0 / 1e9;
  return {last_tick_.wall.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(units))};
}

void Stream::emit(MediaEvent::Kind kind, const TickTime& time, std::uint64_t at_tick, std::uint32_t duration_ms) {
  MediaEvent event;
  event.kind = kind;
  event.tick = time.tick;
  event.at_tick = at_tick;
  event.duration_ms = duration_ms;
  events_.push(event);
}

LegStatistics Stream::statistics() const {
  const auto jitter = jitter_buffer_.statistics();
  const auto& source = source_.statistics();
  LegStatistics all;
  all.packets_received = reception_.received();
  all.packets_sent = packetizer_.packets();
  all.bytes_received = bytes_received_;
  all.bytes_sent = packetizer_.datagram_octets();
  all.packets_lost = reception_.lost();
  all.packets_late = jitter.late;
  all.packets_duplicate = jitter.duplicate;
  all.refused_source = source.refused_source + source.refused_ssrc + source.probation + source.rtcp_refused;
  all.refused_payload = refused_payload_ + jitter.refused_payload;
  all.malformed = malformed_ + event_receiver_.malformed();
  all.digits_ignored = digit_limit_.ignored() + event_receiver_.dropped();
  all.digits_unsent = digits_refused_;
  all.events_dropped = port_->events_dropped.load(std::memory_order_relaxed);
  all.heard_dropped = port_->heard_dropped.load(std::memory_order_relaxed);
  all.frames_concealed = jitter.concealed;
  all.frames_played = jitter.frames;
  all.jitter_us = static_cast<std::uint32_t>(reception_.jitter().count());
  all.jitter_buffer_ms = jitter.delay_ms;
  all.round_trip_us = round_trip_us_;
  all.source = source_.locked();
  if (plan_) all.codec = plan_->codec;
  all.packet_us = static_cast<std::uint32_t>(reception_.packet_time().count());
  all.losses = reception_.losses();
  meter_.fill(all);
  return all;
}

}  // namespace offhook::inline v0::media
