#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/conference/conference.hpp>
#include <offhook/media/detect/digit_limit.hpp>
#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/detect/voice_evidence.hpp>
#include <offhook/media/dsp/digit_tones.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/event_outbox.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/call_meter.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/receive/comfort_noise.hpp>
#include <offhook/media/send/packetizer.hpp>
#include <offhook/media/send/playout.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/codec_chain.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>
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

/// The time of a tick: its number, its due time on the steady clock, and the wall time for RTCP.
struct TickTime {
  std::uint64_t tick = 0;
  base::TimePoint now{};
  rtp::NtpTime wall{};
};

struct StreamOptions {
  base::Duration silence_limit = std::chrono::seconds(10);
  std::string cname;              ///< "": the stream draws one: RFC 7022 section 4.2
};

/// A packet that leaves through the other leg of a relay, and its destination. Its payload borrows from the received datagram.
struct Onward {
  rtp::Packet packet;
  base::SocketAddress to;
};

/// One call's media without its sockets. It takes datagrams and ticks, returns datagrams, and fills and empties the AudioPort's rings. Pure: no clock, no I/O;
/// on_packet() and tick() never allocate or wait. One thread, the leg's worker, calls its functions; another thread may make and destroy it.
class Stream {
 public:
  /// `port` must outlive the stream. The stream draws from `random` only in the constructor, because the draws may be system calls.
  Stream(StreamOptions options, AudioPort& port, base::Random& random);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Makes the codec chain for `plan`. The caller's thread does it, because it allocates.
  [[nodiscard]] static std::unique_ptr<CodecChain> make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo = true);

  /// Starts or changes the flow. `chain` may be null if the codec stays. Returns the chain that is no longer used, which the caller frees elsewhere.
  /// The source is learnt again if the remote address changed, or if `relearn`.
  std::unique_ptr<CodecChain> start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now);

  /// Processes one datagram. Drops it before start(); counts it if it is refused. Returns the packet that leaves through the other
  /// stream of a relay, or nullopt if there is none.
  std::optional<Onward> on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  /// Returns whether the last datagram was the next packet of the peer's audio: not a copy, not an event, and not from another source.
  [[nodiscard]] bool took_packet() const { return taken_; }
  /// Call it every 20 ms. Ticks must come in order, late ones too; omitted numbers count as time without audio in both directions. A tick is hear()
  /// and then go_on(), with the voice detector between them, so that a worker can judge many calls at once.
  ///
  /// hear() is the first half: returns the caller's next 20 ms at the codec's rate, stored in `frame`. Empty before start().
  [[nodiscard]] std::span<const std::int16_t> hear(const TickTime& time, CodecChain::Frame& frame);
  /// Returns the sent audio for VoiceBank::hear(), together with the result of hear(): the echo guard looks for its echo.
  [[nodiscard]] std::span<const std::int16_t> sent_line() const;
  /// The second half. `pcm` is the result of hear(). `voice` is the voice detector's result; from a bank it also has the powers, which the echo guard
  /// otherwise measures itself. Appends the datagrams to send to `out`.
  void go_on(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, Sendout& out);
  /// The second half for a member of a conference, in two parts. take_in() returns the caller's audio for the other members; give_out() then sends
  /// their audio. Only this caller hears the port's `playout`, mixed with the conference. Before start(), the caller is silent, and nothing is sent.
  [[nodiscard]] SaidFrame take_in(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  void give_out(const TickTime& time, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out);
  /// Runs both halves, for a stream alone: `alone` is a bank of one call.
  void tick(const TickTime& time, VoiceBank& alone, Sendout& out);
  /// Sends the last report, with BYE: RFC 3550 section 6.6.
  void finish(base::TimePoint now, Sendout& out);

  /// prefetch_links() prefetches the pointers. Once these are in the cache, prefetch() prefetches the data that the next tick uses.
  void prefetch_links() const noexcept;
  void prefetch() noexcept;
  /// Stores the translator, so that join() allocates nothing. Call it once, at the clock of the codec. Returns the former one.
  std::unique_ptr<rtp::Translator> take(std::unique_ptr<rtp::Translator> translator) { return std::exchange(translator_, std::move(translator)); }
  /// Between ticks: relays the packets of each stream through the other, undecoded, until either is started with another codec (then its audio is
  /// dropped), or part() is called. Each stream continues the RTP stream that its peer receives, sends its own RTCP reports, watches its source, and
  /// reports digits that come as events. Nothing is decoded, spoken or recorded. Both streams must have a translator, and must not be relayed yet.
  static void join(Stream& a, Stream& b, base::TimePoint now);
  /// Ends the relay: both are ordinary streams again, and waiting playout continues.
  void part(base::TimePoint now);
  [[nodiscard]] bool is_relayed() const { return relayed_with_ != nullptr; }

  /// Returns the SDP's address if the peer's audio has come from there since `since`. Returns nullopt for a learnt source, because the
  /// SDP's address may still replace it at any packet.
  [[nodiscard]] std::optional<base::SocketAddress> peer_heard(base::TimePoint since) const {
    const auto heard = source_.last_heard();
    return heard && *heard >= since && source_.is_final() ? source_.locked() : std::nullopt;
  }

  [[nodiscard]] LegStatistics statistics() const;
  /// Returns the number of digits that could not be sent: too many were waiting, or the stream is relayed.
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
  /// Returns the common encoding if the listener can use it. Otherwise mixes the other members into `spoken`, with scratch memory.
  [[nodiscard]] base::Bytes join_others(const OthersFrame& others, std::span<const std::int16_t>& spoken, std::span<std::int16_t> room,
                                        std::span<std::int16_t> pcm);
  /// Returns the shared encoding of this tick's music if `may` and if there is one. Otherwise returns an empty span, and our
  /// own encoder continues where the shared one ended.
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
  /// Makes the audio of this tick in `frame`; silence if nothing is sent. Outside conferences, `others` is empty.
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
  std::optional<MediaPlan> plan_;                 // nullopt before start()
  std::unique_ptr<CodecChain> chain_;

  rtp::SourcePolicy source_;
  rtp::JitterBuffer jitter_buffer_;
  rtp::ReceptionStatistics reception_;
  rtp::EventReceiver event_receiver_;
  DtmfDetector dtmf_;
  DigitLimit digit_limit_;
  rtp::EventSender event_sender_;                 // also schedules the digits that are sent as tones
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

  std::array<std::int16_t, kMaxFrameSamples> unheard_;  // used when the port's ring is full, and a conference needs the audio

  TickTime last_tick_{};
  base::TimePoint receiving_since_{};
  bool ticked_ = false, media_started_ = false, media_lost_ = false;
  rtp::Pull::Kind pulled_ = rtp::Pull::Kind::Silence;  // the kind of this tick's frame
  std::optional<std::uint32_t> delay_;            // units from the RTP timestamp, whose origin is unknown, to the time when the last frame was played
  bool voiced_ = false, echo_ = false, barge_in_options_ = false;
  bool taken_ = false;                            // see took_packet()
  std::uint16_t newest_ = 0;                      // newest sequence number of the source's audio
  bool sent_common_ = false;                      // the last frame was the common encoding
  bool mixed_ = false;                            // the last frame had other members in it
  std::optional<std::uint64_t> shared_music_;     // the tick of the last frame, which was shared encoded music
  std::uint64_t refused_payload_ = 0, malformed_ = 0, bytes_received_ = 0, digits_refused_ = 0;
  std::uint64_t packets_at_report_ = 0;
  bool reported_ = false;
  std::optional<base::IpAddress> conflicting_;    // a host whose packets carried our SSRC: RFC 3550 section 8.2
  bool leaves_ssrc_ = false;                      // the SSRC changes in the next tick
  std::uint32_t ssrc_changes_ = 0;
  Stream* relayed_with_ = nullptr;
  std::unique_ptr<rtp::Translator> translator_;   // translates the packets that leave here; null until the first relay
  std::uint64_t packets_at_tick_ = 0;             // packetizer's count at the last tick, while relayed
  std::optional<std::uint32_t> round_trip_us_;
  std::optional<rtp::VoipMetrics> peers_view_;
};

}  // namespace offhook::inline v0::media
