#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/conference/conference.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/codec_chain.hpp>
#include <offhook/media/stream/detectors.hpp>
#include <offhook/media/stream/media_watch.hpp>
#include <offhook/media/stream/receiver.hpp>
#include <offhook/media/stream/reporter.hpp>
#include <offhook/media/stream/sender.hpp>
#include <offhook/media/stream/stream_context.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/translator.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::media {

struct StreamOptions {
  base::Duration silence_limit = std::chrono::seconds(10);
  std::string cname;              ///< CNAME for RTCP; if it is "", the stream draws a CNAME: RFC 7022 section 4.2
};

/// One call's media without its sockets. It takes datagrams and ticks, returns datagrams, and fills and empties the AudioPort's rings. Pure: no clock, no I/O;
/// on_packet() and tick() never allocate or wait. One thread, the leg's worker, calls its functions; another thread may make and destroy it.
///
/// It composes a Receiver, a Sender, Detectors and a Reporter, and decides in which order they work.
class Stream {
 public:
  /// `port` must outlive the stream. The stream draws from `random` only in the constructor, because the draws may be system calls.
  Stream(StreamOptions options, AudioPort& port, base::Random& random);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Makes the codec chain for `plan`. Do not call it on a worker, because it allocates.
  [[nodiscard]] static std::unique_ptr<CodecChain> make_chain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo = true);

  /// Starts or changes the flow. `chain` may be null if the codec stays. Returns the chain that is no longer used, which another thread must free.
  /// The source is learnt again if the remote address changed, or if `relearn` is true.
  std::unique_ptr<CodecChain> start(const MediaPlan& plan, std::unique_ptr<CodecChain> chain, bool relearn, base::TimePoint now);

  /// Processes one datagram. Drops it before start(); counts it if it is refused. Returns the packet that leaves through the other
  /// stream of a relay, or nullopt if there is none.
  std::optional<Onward> on_packet(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  /// Returns true if the last datagram was the next packet of the peer's audio: not a copy, not an event, and not from another source.
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
  /// The second half for a member of a conference, in two parts. take_in() returns the caller's audio for the other members; give_out() then sends the other
  /// members' audio. Only this caller hears the port's `playout`, mixed with the conference. Before start(), the caller is silent, and nothing is sent.
  [[nodiscard]] SaidFrame take_in(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  void give_out(const TickTime& time, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out);
  /// Runs both halves, for a stream alone: `alone` is a bank of one call.
  void tick(const TickTime& time, VoiceBank& alone, Sendout& out);
  /// Sends the last report, with BYE: RFC 3550 section 6.6.
  void finish(base::TimePoint now, Sendout& out);

  /// prefetch_links() prefetches the pointers. Once these are in the cache, prefetch() prefetches the data that the next tick uses.
  void prefetch_links() const noexcept;
  void prefetch() noexcept;
  /// Stores the translator, so that join() allocates nothing. Call it once, with a translator at the clock of the codec. Returns the former one.
  std::unique_ptr<rtp::Translator> take(std::unique_ptr<rtp::Translator> translator) { return sender_.take(std::move(translator)); }
  /// Call it between ticks. Relays the packets of each stream through the other, undecoded, until part(), or until either stream is started with
  /// another codec (then its audio is dropped). Each stream continues the RTP stream that its peer receives, sends its own RTCP reports, watches its
  /// source, and reports digits that come as events. Nothing is decoded, spoken or recorded. Both streams must have a translator, and must not be
  /// relayed yet.
  static void join(Stream& a, Stream& b, base::TimePoint now);
  /// Ends the relay: both streams are ordinary again, and waiting playout continues.
  void part(base::TimePoint now);
  [[nodiscard]] bool is_relayed() const { return relayed_with_ != nullptr; }

  /// Returns the SDP's address if audio has come from this address since `since`. Returns nullopt for a learnt source, because the
  /// SDP's address may still replace it at any packet.
  [[nodiscard]] std::optional<base::SocketAddress> peer_heard(base::TimePoint since) const {
    const auto& source = receiver_.source();
    const auto heard = source.last_heard();
    return heard && *heard >= since && source.is_final() ? source.locked() : std::nullopt;
  }

  [[nodiscard]] LegStatistics statistics() const;
  /// Returns the number of digits that could not be sent: too many were waiting, or the stream is relayed.
  [[nodiscard]] std::uint64_t digits_refused() const { return sender_.digits_refused(); }

 private:
  std::optional<Onward> on_rtp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  std::optional<Onward> pass(const rtp::Packet& packet, const Receiver::Content& content, base::TimePoint now);
  void forget_audio();
  void begin_relay(Stream& other, base::TimePoint now);
  void end_relay(base::TimePoint now);
  void map_types();
  void go_on_relayed(const TickTime& time, Sendout& out);
  /// Carries out commands and reports events, before the caller's audio is judged.
  void begin_tick(const TickTime& time, bool sending);
  using Destination = Sender::Destination;
  std::span<const std::int16_t> emit(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const HeardVoice& voice);
  std::span<const std::int16_t> give_to_port(const TickTime& time, std::span<const std::int16_t> pcm);
  void answer(const TickTime& time, const Destination& to, std::span<const std::int16_t> pcm, const OthersFrame& others, Sendout& out);

  StreamContext context_;
  Receiver receiver_;
  Sender sender_;
  Detectors detectors_;
  Reporter reporter_;
  MediaWatch watch_;
  Stream* relayed_with_ = nullptr;
  rtp::Pull::Kind pulled_ = rtp::Pull::Kind::Silence;  // the kind of this tick's frame
  bool ticked_ = false;
  bool taken_ = false;                                 // see took_packet()
  std::array<std::int16_t, kMaxFrameSamples> unheard_; // used when the port's ring is full, and a conference needs the audio
};

}  // namespace offhook::inline v0::media
