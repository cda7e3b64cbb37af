#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/capability.hpp>
#include <offhook/sdp/session.hpp>

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

struct ReceivableCodec {
  AudioCodec codec{};
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableCodec&, const ReceivableCodec&) = default;
};

/// A telephone-event payload type with its clock.
struct ReceivableEvents {
  std::uint32_t clock_hz = 8000;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableEvents&, const ReceivableEvents&) = default;
};

/// The result of offer and answer for our audio stream, from our side.
struct AgreedAudio {
  AudioCodec codec{};
  std::uint8_t send_payload_type = 0;     ///< the peer's payload type for `codec`: RFC 3264 section 5.1
  std::uint8_t receive_payload_type = 0;  ///< our payload type for `codec`
  std::optional<std::uint8_t> send_events;     ///< the peer's payload type for telephone-event; nullopt if the peer accepts none
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;         ///< clock of both events: the codec's own, or 8000 if the peer supports only that
  std::optional<ReceivableEvents> also_receivable_events;  ///< events of another clock: the peer may send them with a codec of that clock
  std::string parameters;                      ///< the peer's a=fmtp for `codec`, without the number
  std::uint16_t ptime_ms = 20;            ///< packet length to send: a multiple of 10 in kMinPtimeMs..kMaxPtimeMs
  base::SocketAddress remote_rtp;         ///< unspecified ip: unknown, or (with send = false) a hold in the style of RFC 2543
  base::SocketAddress remote_rtcp;        ///< port 0: no RTCP
  bool send = true;
  bool receive = true;
  bool disabled = false;  ///< the peer set port 0 in a later offer; codec and addresses are the last ones
  /// Codecs besides `codec` to which the peer may switch after its answer: RFC 3264 section 10.2. Empty when we answered.
  std::vector<ReceivableCodec> also_receivable;
  bool send_comfort_noise = false;  ///< the peer accepts comfort noise while `codec` is silent: RFC 3389 section 4
  bool send_voip_metrics = false;   ///< the peer requests VoIP metrics in RTCP XR: RFC 3611 section 5.2
  friend bool operator==(const AgreedAudio&, const AgreedAudio&) = default;
};

inline constexpr std::uint16_t kMinPtimeMs = 10;
inline constexpr std::uint16_t kMaxPtimeMs = 60;

/// The reason to refuse an offer or an answer. A refused offer gets 488 Not Acceptable Here, or 491 for WrongState. A refused
/// answer ends the call.
enum class NegotiationError : std::uint8_t {
  WrongState,          // an offer while ours is open (glare), or an answer without our offer
  NoAudio,             // no audio stream, or all audio streams have port 0
  UnsupportedProfile,  // audio only in profiles other than RTP/AVP and RTP/AVPF
  NoCommonCodec,
  BadAddress,          // no c= line, a host name (see find_host_name), multicast, or another address family than ours
  AnswerMismatch,      // the answer's streams do not match those of our offer: RFC 3264 section 6
};

[[nodiscard]] std::string_view to_string(NegotiationError error);

struct RemoteStream;

struct Answer {
  std::string body;
  AgreedAudio audio;
};

/// Offer and answer of one session, RFC 3264. Negotiates one audio stream; the other streams are the owner's, or are refused in
/// place. Owns the version of our o= line, and increments it whenever our text changes. Pure. A value: copy it for each early
/// dialog of a forked INVITE.
///
///             make_offer()                 accept_answer()
///     Stable --------------> OfferSent ----------------------> Stable      answer(): Stable -> Stable
///                                      ---- withdraw_offer()-> Stable
///
/// A call that fails changes nothing.
class Negotiator {
 public:
  /// `local` is the address in c= and the port in m=. `session_id` comes from a random source; 62 bits are used
  /// (RFC 3264 section 5). A capability without codecs gets PCMU.
  Negotiator(AudioCapability capability, base::SocketAddress local, std::uint64_t session_id);

  /// Sets the direction that we want. SendOnly or Inactive puts the peer on hold. Takes effect in the next offer or answer.
  void set_direction(Direction wish) { wish_ = wish; }
  [[nodiscard]] Direction direction() const { return wish_; }
  /// Sets a new receive address. The o= line keeps the first address: RFC 3264 section 8.
  void set_local(base::SocketAddress local) { local_ = local; }

  /// Sets our m= lines beside the audio line, in order, at most kMaxMedia - 1. Offers contain them. An answer uses a line if the
  /// peer's line in its place has the same kind and protocol and a port; it refuses the peer's other lines. Takes effect in the
  /// next offer or answer.
  void set_others(std::vector<Media> others) { others_ = std::move(others); }

  /// Returns our offer, initial or later. If the previous offer is still open, the new one replaces it. A request that is
  /// repeated with credentials carries the same text.
  [[nodiscard]] std::string make_offer();
  /// Call this when the peer refused our offer or never answered it. The previous agreement stays valid.
  void withdraw_offer();
  /// Answers the peer's offer, initial or later.
  [[nodiscard]] base::Result<Answer, NegotiationError> answer(const Session& offer);
  /// Accepts the peer's answer to our offer. May be called again with a later answer to the same offer (183, then 200).
  [[nodiscard]] base::Result<AgreedAudio, NegotiationError> accept_answer(const Session& answer);

  /// Returns the m= lines of `remote`, the peer's latest description, except the audio line. Session::alone() makes each of them.
  [[nodiscard]] std::vector<Media> others_of(const Session& remote) const;

  /// Returns the current agreement, or nullopt before the first exchange is complete.
  [[nodiscard]] const std::optional<AgreedAudio>& agreed() const { return agreed_; }
  [[nodiscard]] bool offer_open() const { return state_ == State::OfferSent; }
  /// Returns the text that we last sent, so that a 200 can repeat the answer of a 183. "" before the first.
  [[nodiscard]] const std::string& local_text() const { return local_text_; }
  /// Returns true if numbers and flags agree with each other. Tests and the fuzzer assert it.
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class State : std::uint8_t { Stable, OfferSent };
  /// One m= line of both descriptions. It keeps its place for the whole session (RFC 3264 section 8).
  struct Slot {
    std::string kind, protocol, format;
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  /// The contents of our audio line other than its codecs.
  struct Extras {
    EventNumbers events{};
    bool comfort_noise = false;
    std::optional<std::string_view> reports{};  // value of a=rtcp-xr
  };
  struct Chosen;  // The stream that answer() or accept_answer() selected.

  [[nodiscard]] base::Result<Chosen, NegotiationError> choose_stream(const Session& offer) const;
  [[nodiscard]] base::Result<Chosen, NegotiationError> examine(const Session& remote, std::size_t index) const;
  [[nodiscard]] bool switches_off(const Session& offer) const;
  [[nodiscard]] Answer answer_switched_off(const Session& offer);
  [[nodiscard]] AgreedAudio agree(const Chosen& chosen, Direction ours) const;
  void learn_frame(const Session& offer);
  void learn_numbers(const Media& stream);
  void agree_events(const EventNumbers& theirs, AgreedAudio& agreed) const;
  [[nodiscard]] EventNumbers offered_events() const;
  [[nodiscard]] std::uint8_t liked_event_number(std::size_t clock) const;
  [[nodiscard]] Session frame() const;
  void add_places();
  [[nodiscard]] static Media refused(const Slot& slot);
  [[nodiscard]] Media other(std::size_t index) const;
  [[nodiscard]] Media audio(const Slot& slot, const std::vector<AudioCodec>& codecs, const Extras& extras, Direction ours) const;
  [[nodiscard]] Extras offered_extras() const;
  [[nodiscard]] static Extras answered_extras(const RemoteStream& stream, const EventNumbers& events);
  std::string publish(Session text);

  AudioCapability capability_;
  base::SocketAddress local_;
  base::IpAddress origin_ip_;
  std::uint64_t session_id_;
  std::uint64_t version_ = 0;
  Session local_session_;        // As last sent, without the version.
  std::string local_text_;
  std::string time_ = "0 0";     // Value of our t= line; copied from the offerer (RFC 3264 section 6).
  Direction wish_ = Direction::SendRecv;
  Direction offered_ = Direction::SendRecv;  // The direction in our last offer.
  State state_ = State::Stable;
  bool answerable_ = false;      // The last exchange began with our offer, so a later answer may replace its answer.
  std::vector<Slot> slots_;
  std::vector<Media> others_;    // The m= lines beside the audio, in order.
  std::size_t audio_slot_ = 0;
  std::array<std::optional<std::uint8_t>, kAudioCodecs> numbers_{};  // Payload type to receive, by AudioCodec.
  EventNumbers event_numbers_{};                                     // Payload type to receive events, by clock.
  std::bitset<128> taken_;       // Numbers to which the peer gave its own meaning: RFC 3264 section 8.3.2.
  std::optional<AgreedAudio> agreed_;
};

}  // namespace offhook::inline v0::sdp
