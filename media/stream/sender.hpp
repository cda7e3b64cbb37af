#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/media/conference/conference.hpp>
#include <offhook/media/dsp/digit_tones.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/receive/comfort_noise.hpp>
#include <offhook/media/send/packetizer.hpp>
#include <offhook/media/send/playout.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/stream_context.hpp>
#include <offhook/rtp/telephone_event.hpp>
#include <offhook/rtp/translator.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace offhook::inline v0::media {

/// A packet that leaves through the other leg of a relay, and its destination. Its payload borrows from the received datagram.
struct Onward {
  rtp::Packet packet;
  base::SocketAddress to;
};

/// The sending part of a stream: it plays the agent's audio, encodes it and puts it into packets, and sends digits. While the stream is relayed, it
/// sends the packets of the other leg as part of the same RTP stream instead.
class Sender {
 public:
  using Destination = std::optional<base::SocketAddress>;

  /// `context` is borrowed, and must outlive the sender. Draws from `random` only here.
  Sender(StreamContext& context, base::Random& random);

  /// Sends by `plan` from now on. `new_chain` is true if the codec chain was replaced.
  void start(const MediaPlan& plan, bool new_chain);
  /// Carries out the commands of the port. `sending` is true if audio is sent in this tick. Refuses digits while the stream is relayed.
  void apply_commands(std::uint64_t tick, bool sending);
  /// Writes the audio of this tick to `frame`, sends it, and returns it. If the stream may not send or has no destination, sends nothing and returns
  /// silence. Outside conferences, `others` is empty.
  std::span<const std::int16_t> send_tick(const TickTime& time, const Destination& to, const OthersFrame& others, Sendout& out, CodecChain::Frame& frame);
  /// Advances the timestamp by ticks that were left out.
  void skip(std::uint64_t ticks) { packetizer_.skip(ticks); }

  /// Stores the translator for relays. Returns the former one.
  std::unique_ptr<rtp::Translator> take(std::unique_ptr<rtp::Translator> translator) { return std::exchange(translator_, std::move(translator)); }
  [[nodiscard]] bool can_relay() const { return translator_ != nullptr; }
  /// Starts to send the other leg's packets. `next_tick` is the time of the packetizer's timestamp.
  void begin_relay(base::TimePoint next_tick);
  void end_relay(base::TimePoint now);
  /// Maps the payload types of the other leg's peer to those of our peer.
  void map_types(const std::optional<MediaPlan>& theirs);
  /// Translates a packet of the other leg. Returns nullopt if it cannot leave, or if there is no destination.
  [[nodiscard]] std::optional<Onward> pass_on(const rtp::Packet& packet, const Destination& to, base::TimePoint now);
  /// Call it when the other leg's audio is interrupted.
  void interrupt_relay() { translator_->interrupt(); }
  /// Returns true if a packet of the other leg was sent since the last end_relayed_tick().
  [[nodiscard]] bool end_relayed_tick() { return packetizer_.packets() != std::exchange(packets_at_tick_, packetizer_.packets()); }

  [[nodiscard]] Playout& playout() { return playout_; }
  /// Returns true if received audio of this tick may contain an echo of our digits.
  [[nodiscard]] bool may_echo_digit(std::uint64_t tick) const { return digit_tones_.may_echo(tick); }
  [[nodiscard]] const Packetizer& packets() const { return packetizer_; }
  /// Returns the RTP timestamp at `now`, for a sender report.
  [[nodiscard]] std::uint32_t timestamp_at(base::TimePoint now) const { return relays_ ? translator_->timestamp_at(now) : packetizer_.timestamp(); }
  void begin_ssrc(std::uint32_t ssrc);
  /// Returns the number of digits that could not be sent.
  [[nodiscard]] std::uint64_t digits_refused() const { return digits_refused_; }
  void fill(LegStatistics& all) const;

  void prefetch() noexcept;

 private:
  [[nodiscard]] bool queue_digit(char digit);
  void send_audio(const TickTime& time, const base::SocketAddress& to, const OthersFrame& others, Sendout& out, std::span<std::int16_t> pcm);
  void send_digit(std::uint64_t tick, const base::SocketAddress& to, std::span<std::int16_t> pcm, Sendout& out);
  /// Returns the common encoding if the listener can use it. Otherwise mixes the other members into `spoken`, with scratch memory.
  [[nodiscard]] base::Bytes join_others(const OthersFrame& others, std::span<const std::int16_t>& spoken, std::span<std::int16_t> room,
                                        std::span<std::int16_t> pcm);
  /// Returns the shared encoding of this tick's music if `may` is true and the encoding exists. Otherwise returns an empty span,
  /// and our own encoder continues where the shared encoding ended.
  [[nodiscard]] base::Bytes share_music(std::uint64_t tick, bool may, std::span<std::int16_t> pcm);
  [[nodiscard]] bool leaves_out(bool spoken, const base::SocketAddress& to, Sendout& out);

  StreamContext& context_;
  rtp::EventSender event_sender_;               // also schedules the digits that are sent as tones
  DigitTones digit_tones_;
  Packetizer packetizer_;
  DiscontinuousSender silence_;
  Playout playout_;
  bool sent_common_ = false;                    // true if the last frame was the common encoding
  bool mixed_ = false;                          // true if the last frame had other members in it
  bool relays_ = false;
  std::optional<std::uint64_t> shared_music_;   // the tick of the last frame, which was shared encoded music
  std::uint64_t digits_refused_ = 0;
  std::unique_ptr<rtp::Translator> translator_; // translates the packets that are sent here; null until the first relay
  std::uint64_t packets_at_tick_ = 0;           // packetizer's count at the last tick, while relayed
};

}  // namespace offhook::inline v0::media
