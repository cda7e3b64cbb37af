#include <offhook/media/stream.hpp>

#include <offhook/media/level.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <variant>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint8_t kComfortNoise = 13;          // RFC 3551 table 4: a sign of life without audio of its own
constexpr std::size_t kDetectorSamples = 160;       // the detector's clock is the RTP clock, whatever the codec's rate
SpeechOptions listening(const AudioPort& port) { return {.hangover = port.hangover}; }
// Over our own voice a cough must not do: 100 ms of voice in 120 ms. What is not explained as echo counts only. And its end must be
// told before the conversation takes it for an interruption (240 ms after its beginning was told): the hangover of a turn would
// always be too late. Once we are cut off we do not speak any more, and the turn's hangover is in force again.
constexpr SpeechOptions kBargeIn{.onset_window = 6, .onset_voiced = 5, .hangover = 6};

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
    chain_->concealer.reset();
    chain_->echo_guard.reset();
    chain_->restart_decoder();
  }
  if (chain) packetizer_.interrupt();
  packetizer_.configure(plan.send_payload_type, plan.ptime_ms);
  if (!plan.send_events) event_sender_.clear();
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
  if (!event && !audio && packet->payload_type != kComfortNoise) {
    ++refused_payload_;  // Before the source is looked at: rubbish must not prove anybody's identity.
    return;
  }
  const auto before = source_.ssrc();
  if (source_.on_rtp(from, packet->ssrc, packet->sequence, now) != rtp::SourcePolicy::Verdict::Accept) return;
  bytes_received_ += datagram.size();
  if (before && before != source_.ssrc()) event_receiver_.reset();
  reception_.on_packet(packet->ssrc, packet->sequence, packet->timestamp, now);
  if (!plan_->receive) return;
  if (event) event_receiver_.on_packet(packet->payload, packet->timestamp, now);
  if (audio) static_cast<void>(jitter_buffer_.put(*packet, now));  // A refusal is counted there.
}

void Stream::on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  auto reader = rtp::CompoundReader::open(datagram);
  if (!reader) {
    ++malformed_;
    return;
  }
  if (!source_.on_rtcp(from, reader->sender())) return;
  const auto look_at = [&](const rtp::ReportBlocks& blocks) {
    for (const auto& block : blocks.all()) {
      if (block.ssrc != packetizer_.ssrc()) continue;
      if (const auto trip = rtp::round_trip(block, wall_at(now))) round_trip_us_ = static_cast<std::uint32_t>(trip->count());
    }
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

void Stream::tick(const TickTime& time, Sendout& out) {
  if (!plan_) return;
  if (ticked_ && time.tick > last_tick_.tick + 1) packetizer_.skip(time.tick - last_tick_.tick - 1);
  ticked_ = true;
  last_tick_ = time;
  events_.retry();
  const auto to = source_.rtp_destination();
  obey_commands(time.tick, plan_->send && to);
  watch_source(time);
  report_digits(time);
  hear(time);  // Before we speak, so that a caller who begins now is ducked under now.
  say(time, to, out);
  if (rtcp_schedule_->is_due(time.now)) {
    report(time.now, false, out);
    rtcp_schedule_->on_sent(time.now);
  }
}

void Stream::finish(base::TimePoint now, Sendout& out) {
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
  while (const auto digit = event_receiver_.poll()) {
    if (!digit_limit_.allows(time.tick)) continue;
    MediaEvent event;
    event.kind = MediaEvent::Kind::Digit;
    event.digit = digit->digit;
    event.duration_ms = digit->duration_ms;
    event.tick = event.at_tick = time.tick;
    events_.push(event);
  }
}

rtp::Pull::Kind Stream::next_frame(base::TimePoint now, std::span<std::int16_t> pcm) {
  const auto pull = jitter_buffer_.pull(now, !voiced_);
  switch (pull.kind) {
    case rtp::Pull::Kind::Frame: {
      if (pull.restart) chain_->restart_decoder();
      const auto codec = plan_->codec_of(pull.payload_type);
      if (!codec) {  // It waited while another plan took its number away: as another codec it would be noise.
        chain_->concealer.conceal(pcm);
        return rtp::Pull::Kind::Conceal;
      }
      chain_->decode(*codec, pull.payload, pcm);
      chain_->concealer.good(pcm, pull.seam);
      break;
    }
    case rtp::Pull::Kind::Conceal: chain_->concealer.conceal(pcm); break;
    case rtp::Pull::Kind::Silence: std::fill(pcm.begin(), pcm.end(), std::int16_t{0}); break;
  }
  return pull.kind;
}

void Stream::hear(const TickTime& time) {
  CodecChain::Frame frame;
  const auto pcm = std::span(frame).first(chain_->samples());
  const auto kind = next_frame(time.now, pcm);
  const bool genuine = kind == rtp::Pull::Kind::Frame;
  const auto verdict = chain_->echo_guard.on_heard(pcm, genuine);
  if (genuine) echo_ = verdict.echo;  // What we make up is more of what was heard before.
  if (kind == rtp::Pull::Kind::Silence) echo_ = false;
  const bool voice = chain_->voice.process(pcm);  // Runs on silence too: it adapts.
  voiced_ = voice && !echo_ && kind != rtp::Pull::Kind::Silence;

  heard_.tick = time.tick;
  heard_.samples = static_cast<std::uint16_t>(port_->frame_samples());
  heard_.speech = voiced_;
  heard_.concealed = !genuine;
  heard_.echo = echo_;
  heard_.level_dbov = level_dbov(pcm);
  chain_->to_port(pcm, std::span(heard_.pcm).first(heard_.samples));
  if (!port_->heard.try_push(heard_)) port_->heard_dropped.fetch_add(1, std::memory_order_relaxed);
  detect_speech(time, voiced_);
}

void Stream::detect_speech(const TickTime& time, bool voiced) {
  if (playout_.speaking() != barge_in_options_) {
    barge_in_options_ = playout_.speaking();
    speech_.set_options(barge_in_options_ ? kBargeIn : listening(*port_));
  }
  if (barge_in_options_) {
    evidence_.add(voiced, heard_.level_dbov);
  } else {
    evidence_.reset();
  }
  const auto event = speech_.process(voiced, kDetectorSamples);
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

void Stream::say(const TickTime& time, const std::optional<base::SocketAddress>& to, Sendout& out) {
  CodecChain::Frame frame{};
  const auto pcm = std::span(frame).first(chain_->samples());
  if (!plan_->send || !to) {
    packetizer_.interrupt();  // What waits in the ring goes on waiting: the timeline tells only of what left.
  } else if (event_sender_.busy() && plan_->send_events) {
    if (const auto event = event_sender_.tick(packetizer_.timestamp())) {
      packetizer_.event(*event, *plan_->send_events, *to, out);
    } else {
      std::array<std::uint8_t, CodecChain::kOctets> octets;
      chain_->encode(pcm, octets);
      packetizer_.audio(octets, *to, out);
    }
  } else {
    std::array<std::int16_t, kMaxFrameSamples> buffer;
    const auto spoken = std::span(buffer).first(port_->frame_samples());
    static_cast<void>(playout_.pull(time.tick, time.tick + packetizer_.ticks_until_sent(), spoken));
    chain_->from_port(spoken, pcm);
    std::array<std::uint8_t, CodecChain::kOctets> octets;
    chain_->encode(pcm, octets);
    packetizer_.audio(octets, *to, out);
  }
  chain_->echo_guard.on_sent(pcm);
  packetizer_.end_tick();
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
  return all;
}

}  // namespace offhook::inline v0::media
