#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/call_meter.hpp>
#include <offhook/media/codec_chain.hpp>
#include <offhook/media/comfort_noise.hpp>
#include <offhook/media/conference.hpp>
#include <offhook/media/digit_limit.hpp>
#include <offhook/media/digit_tones.hpp>
#include <offhook/media/dtmf_detector.hpp>
#include <offhook/media/event_outbox.hpp>
#include <offhook/media/heard_voice.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/media/packetizer.hpp>
#include <offhook/media/playout.hpp>
#include <offhook/media/sendout.hpp>
#include <offhook/media/voice_activity.hpp>
#include <offhook/media/voice_bank.hpp>
#include <offhook/media/voice_evidence.hpp>
#include <offhook/rtp/jitter_buffer.hpp>
#include <offhook/rtp/ntp.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/reception_statistics.hpp>
#include <offhook/rtp/rtcp.hpp>
#include <offhook/rtp/rtcp_schedule.hpp>
#include <offhook/rtp/source_policy.hpp>
#include <offhook/rtp/telephone_event.hpp>
#include <offhook/rtp/translator.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::media {

/// When a tick is: its number, when it was due on the steady clock, and the wall time for RTCP.
struct TickTime {
  std::uint64_t tick = 0;
  base::TimePoint now{};
  rtp::NtpTime wall{};
};

struct StreamOptions {
  base::Duration silence_limit = std::chrono::seconds(10);
  std::string cname;              ///< "" draws one: RFC 7022 section 4.2
};

/// A packet that leaves through the other leg of a relay, and where to. Its payload borrows from the datagram that came.
struct Onward {
  rtp::Packet packet;
  base::SocketAddress to;
};

/// One call's media without its sockets: datagrams and ticks go in, datagrams come out, and the AudioPort's rings are filled and
/// emptied. Pure: no clock, no I/O; on_packet() and tick() allocate nothing and wait for nobody. They are called from one
/// thread, the leg's worker; it may be made and destroyed on another.
class Stream {
 public:
  /// `port` outlives the stream. `random` is drawn from here and never later: its draws may be system calls.
  Stream(StreamOptions options, AudioPort& port, base::Random& random);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// What is needed to follow `plan`, made on the caller's thread because it allocates.
  [[nodiscard]] static std::unique_ptr<CodecChain> make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo = true);

  /// Begins or changes the flow. `chain` may be null when the codec stays. Returns the chain that is no longer needed, for the
  /// caller to free elsewhere. The source is learnt anew when the remote address changed or `relearn`.
  std::unique_ptr<CodecChain> start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now);

  /// One datagram as it came. Dropped before start(), and counted when it is refused. What leaves at once through the other stream of a
  /// relay: nothing where there is none.
  std::optional<Onward> on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  /// Whether the last one was the next of the peer's audio: no copy of one that came, no event and nobody else's.
  [[nodiscard]] bool took_packet() const { return taken_; }
  /// Every 20 ms; ticks come in order, late ones too; numbers that were left out are time that passed unheard and unsaid. A tick is
  /// hear() and then go_on(), with a verdict on the voice between them, so that a worker looks at many calls at once.
  ///
  /// The first half: the next 20 ms of the caller at the codec's rate, in `frame`; nothing before start().
  [[nodiscard]] std::span<const std::int16_t> hear(const TickTime& time, CodecChain::Frame& frame);
  /// For VoiceBank::hear(), with what hear() gave: what the echo guard looks for in it.
  [[nodiscard]] std::span<const std::int16_t> sent_line() const;
  /// The second half: `pcm` is what hear() gave, and `voice` what was found in it: whether somebody speaks, and by a bank also the powers
  /// that the echo guard else measures itself. What is to be sent is added to `out`.
  void go_on(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, Sendout& out);
  /// The second half of who is in a conference, in two: what the caller says, for the others to hear, and then what goes out, with what
  /// they say. What the port's `playout` holds is heard by this caller alone, over them. Before start(): silent, and nothing goes out.
  [[nodiscard]] SaidFrame take_in(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  void give_out(const TickTime& time, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out);
  /// Both halves, for a stream by itself: `alone` is a bank of one call.
  void tick(const TickTime& time, VoiceBank& alone, Sendout& out);
  /// The last report, with BYE: RFC 3550 section 6.6.
  void finish(base::TimePoint now, Sendout& out);

  /// Asks for what the next tick touches to be in the cache soon: first what says where, then, once that is there, the rest.
  void prefetch_links() const noexcept;
  void prefetch() noexcept;
  /// Room for relaying, kept for life: join() allocates nothing. Once, at the clock of the codec.
  std::unique_ptr<rtp::Translator> take(std::unique_ptr<rtp::Translator> translator) { return std::exchange(translator_, std::move(translator)); }
  /// Between ticks: what comes for one leaves through the other as it came, until either is started with another codec (then its audio
  /// is dropped), or parted. Each goes on with the stream that its peer knows, reports by RTCP of its own, watches its source and tells of
  /// digits that come as events; nothing is heard, said or recorded. Both have a translator and are relayed with nobody.
  static void join(Stream& a, Stream& b, base::TimePoint now);
  /// Both are ordinary streams again; what waits to be said goes on.
  void part(base::TimePoint now);
  [[nodiscard]] bool is_relayed() const { return relayed_with_ != nullptr; }

  /// The SDP's address, if the peer's audio has come from there since then. A learnt source is none: the SDP's address may still take
  /// its place at any packet.
  [[nodiscard]] std::optional<base::SocketAddress> peer_heard(base::TimePoint since) const {
    const auto heard = source_.last_heard();
    return heard && *heard >= since && source_.is_final() ? source_.locked() : std::nullopt;
  }

  [[nodiscard]] LegStatistics statistics() const;
  /// Digits that were asked for and could not be sent: too many wait, or the stream is relayed.
  [[nodiscard]] std::uint64_t digits_refused() const { return digits_refused_; }

 private:
  std::optional<Onward> on_rtp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  [[nodiscard]] bool is_next(const rtp::Packet& packet, bool of_another_source);
  void on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  void forget_sound();
  void begin_relay(Stream& other, base::TimePoint now);
  void end_relay(base::TimePoint now);
  void map_types();
  std::optional<Onward> pass(const rtp::Packet& packet, bool event, base::TimePoint now);
  std::optional<Onward> leave(const rtp::Packet& packet, base::TimePoint now);
  void go_on_relayed(const TickTime& time, Sendout& out);
  [[nodiscard]] bool queue_digit(char digit);
  void obey_commands(std::uint64_t tick, bool sending);
  using Destination = std::optional<base::SocketAddress>;
  std::span<const std::int16_t> tell(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  void answer(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out);
  [[nodiscard]] std::span<const std::int16_t> tell_heard(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  /// What is sent in common, if anything is; else `spoken` has the others in it, for which there is `room`.
  [[nodiscard]] base::Bytes join_others(const OthersFrame& others, std::span<const std::int16_t>& spoken, std::span<std::int16_t> room,
                                        std::span<std::int16_t> pcm);
  /// The music of this tick as it is encoded for all who wait, if `may` be and it is; nothing else, and then our own encoding goes on where
  /// that ended.
  [[nodiscard]] base::Bytes share_music(std::uint64_t tick, bool may, std::span<std::int16_t> pcm);
  void follow_listener();
  rtp::Pull::Kind next_frame(base::TimePoint now, std::span<std::int16_t> pcm);
  rtp::Pull::Kind hear_pull(const rtp::Pull& pull, std::span<std::int16_t> pcm);
  void note_delay(base::TimePoint now, std::size_t waiting, const rtp::Pull& pull, std::size_t samples_per_unit);
  void decode_pieces(AudioCodec codec, std::span<std::int16_t> pcm);
  void measure_echo();
  void detect_speech(const TickTime& time, std::int16_t level_dbov);
  void tell_speech(const SpeechDetector::Event& event, const TickTime& time);
  void watch_source(const TickTime& time);
  void report_digits(const TickTime& time);
  void hear_tones(const TickTime& time, std::span<const std::int16_t> pcm);
  void hear_digits(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow);
  void hear_line(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow);
  void emit_digit(char digit, std::uint32_t duration_ms, const TickTime& time);
  /// What is sent in this tick, in `frame`: silence when nothing is. `others` have nothing to say outside of conferences.
  std::span<const std::int16_t> say(const TickTime& time, const Destination& to, const OthersFrame& others, Sendout& out,
                                    CodecChain::Frame& frame);
  void say_digit(std::uint64_t tick, const base::SocketAddress& to, std::span<std::int16_t> pcm, Sendout& out);
  [[nodiscard]] bool leaves_out(bool spoken, const base::SocketAddress& to, Sendout& out);
  void add_voip_metrics(rtp::CompoundWriter& writer) const;
  void report_when_due(base::TimePoint now, Sendout& out);
  void report(base::TimePoint now, bool bye, Sendout& out);
  void on_collision(const base::IpAddress& host);
  void leave_ssrc(base::TimePoint now, Sendout& out);
  void say_bye(base::TimePoint now, Sendout& out);
  [[nodiscard]] rtp::NtpTime wall_at(base::TimePoint now) const;
  void emit(MediaEvent::Kind kind, const TickTime& time, std::uint64_t at_tick, std::uint32_t duration_ms = 0);

  StreamOptions options_;
  AudioPort* port_;
  std::uint64_t rtcp_seed_;
  Listener listener_;
  std::optional<MediaPlan> plan_;                 // Nothing before start().
  std::unique_ptr<CodecChain> chain_;

  rtp::SourcePolicy source_;
  rtp::JitterBuffer jitter_buffer_;
  rtp::ReceptionStatistics reception_;
  rtp::EventReceiver event_receiver_;
  DtmfDetector dtmf_;
  DigitLimit digit_limit_;
  rtp::EventSender event_sender_;                 // also the schedule of digits that are sent as tones
  DigitTones digit_tones_;
  std::optional<rtp::RtcpSchedule> rtcp_schedule_;
  Packetizer packetizer_;
  DiscontinuousSender silence_;
  EventOutbox events_;
  CallMeter meter_;
  PeerNoise peer_noise_;
  Playout playout_;
  SpeechDetector speech_;
  VoiceEvidence evidence_;

  std::array<std::int16_t, kMaxFrameSamples> unheard_;  // for whom the ring has no room, and a conference wants to hear it

  TickTime last_tick_{};
  base::TimePoint receiving_since_{};
  bool ticked_ = false, media_started_ = false, media_lost_ = false;
  rtp::Pull::Kind pulled_ = rtp::Pull::Kind::Silence;  // what the frame of this tick is
  std::optional<std::uint32_t> delay_;            // units from its RTP timestamp, of unknown origin, to when the last frame was played
  bool voiced_ = false, echo_ = false, barge_in_options_ = false;
  bool taken_ = false;                            // see took_packet()
  std::uint16_t newest_ = 0;                      // sequence number of the source's audio
  bool sent_common_ = false;                      // the last frame was encoded for others too
  bool mixed_ = false;                            // others were in it
  std::optional<std::uint64_t> shared_music_;     // the tick of the last frame, which was music encoded for others too
  std::uint64_t refused_payload_ = 0, malformed_ = 0, bytes_received_ = 0, digits_refused_ = 0;
  std::uint64_t packets_at_report_ = 0;
  bool reported_ = false;
  std::optional<base::IpAddress> conflicting_;    // host whose packets carried our SSRC: RFC 3550 section 8.2
  bool leaves_ssrc_ = false;                      // in the next tick
  std::uint32_t ssrc_changes_ = 0;
  Stream* relayed_with_ = nullptr;
  std::unique_ptr<rtp::Translator> translator_;   // of what leaves here; null until the first relay
  std::uint64_t packets_at_tick_ = 0;             // while relayed
  std::optional<std::uint32_t> round_trip_us_;
  std::optional<rtp::VoipMetrics> peers_view_;
};

}  // namespace offhook::inline v0::media
