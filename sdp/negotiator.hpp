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

/// telephone-event of one clock.
struct ReceivableEvents {
  std::uint32_t clock_hz = 8000;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableEvents&, const ReceivableEvents&) = default;
};

/// What an offer and its answer amount to for our audio, seen from our side.
struct AgreedAudio {
  AudioCodec codec{};
  std::uint8_t send_payload_type = 0;     ///< the peer's number: RFC 3264 section 5.1
  std::uint8_t receive_payload_type = 0;  ///< ours
  std::optional<std::uint8_t> send_events;     ///< telephone-event by the peer's number; nothing when it takes none
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;         ///< of both: the codec's own, or 8000 where the peer knows that one alone
  std::optional<ReceivableEvents> also_receivable_events;  ///< of another clock: the peer may send them beside such a codec
  std::string parameters;                      ///< the peer's a=fmtp for `codec`, behind the number
  std::uint16_t ptime_ms = 20;            ///< of what we send: a multiple of 10 in kMinPtimeMs..kMaxPtimeMs
  base::SocketAddress remote_rtp;         ///< an unspecified ip: not known, or (with send = false) RFC 2543's way to hold
  base::SocketAddress remote_rtcp;        ///< port 0: none
  bool send = true;
  bool receive = true;
  bool disabled = false;  ///< the peer switched the stream off in a re-offer (port 0); codec and addresses are the last ones
  /// Codecs besides `codec` that the peer's answer leaves it free to switch to: RFC 3264 section 10.2. Empty when we answered.
  std::vector<ReceivableCodec> also_receivable;
  bool send_comfort_noise = false;  ///< the peer takes it while `codec` is silent: RFC 3389 section 4
  bool send_voip_metrics = false;   ///< the peer asks for them in RTCP XR: RFC 3611 section 5.2
  friend bool operator==(const AgreedAudio&, const AgreedAudio&) = default;
};

inline constexpr std::uint16_t kMinPtimeMs = 10;
inline constexpr std::uint16_t kMaxPtimeMs = 60;

/// Why an offer or an answer is refused. An offer: 488 Not Acceptable Here, but for WrongState (491). An answer: the call is
/// over.
enum class NegotiationError : std::uint8_t {
  WrongState,          // an offer while ours is open (glare), or an answer without our offer
  NoAudio,             // no audio stream, or all of them switched off
  UnsupportedProfile,  // audio, but only by profiles other than RTP/AVP and RTP/AVPF
  NoCommonCodec,
  BadAddress,          // no c= line, a host name (see find_host_name), multicast, or the other family than ours
  AnswerMismatch,      // the answer's streams are not those of our offer: RFC 3264 section 6
};

[[nodiscard]] std::string_view to_string(NegotiationError error);

struct RemoteStream;

struct Answer {
  std::string body;
  AgreedAudio audio;
};

/// Offer and answer of one session, RFC 3264: one audio stream; others are the owner's, or refused in place. Owns the version of our o= line,
/// which rises by one whenever our text changes. Pure. A value: copy it for each early dialog of a forked INVITE.
///
///             make_offer()                 accept_answer()
///     Stable --------------> OfferSent ----------------------> Stable      answer(): Stable -> Stable
///                                      ---- withdraw_offer()-> Stable
///
/// A call that fails changes nothing.
class Negotiator {
 public:
  /// `local` is what c= and m= name; `session_id` comes from a random source, of which 62 bits are used (RFC 3264 section 5).
  /// A capability without codecs is one with PCMU.
  Negotiator(AudioCapability capability, base::SocketAddress local, std::uint64_t session_id);

  /// What we want from now on: SendOnly or Inactive holds the peer. Takes effect in the next offer or answer.
  void set_direction(Direction wish) { wish_ = wish; }
  [[nodiscard]] Direction direction() const { return wish_; }
  /// Where we receive from now on. The o= line keeps the first address: RFC 3264 section 8.
  void set_local(base::SocketAddress local) { local_ = local; }

  /// Our m= lines beside the audio's, as the owner wrote them: the first is the first that is not the audio's, and so on. They are offered, and
  /// answer lines of the peer that have the same kind and protocol and a port; the peer's other lines are refused. At most kMaxMedia - 1
  /// count. Takes effect in the next offer or answer.
  void set_others(std::vector<Media> others) { others_ = std::move(others); }

  /// Our offer, the first or a later one. Asked for again before the answer came, it replaces the open one (a request repeated
  /// with credentials carries the same text).
  [[nodiscard]] std::string make_offer();
  /// Our offer was refused or never answered: what was agreed before still holds.
  void withdraw_offer();
  /// Answers the peer's offer, the first or a later one.
  [[nodiscard]] base::Result<Answer, NegotiationError> answer(const Session& offer);
  /// The peer's answer to our offer. May be called again with a later answer to the same offer (183, then 200).
  [[nodiscard]] base::Result<AgreedAudio, NegotiationError> accept_answer(const Session& answer);

  /// The m= lines of the peer's latest description that are not the audio's, each as Session::alone() has it.
  [[nodiscard]] std::vector<Media> others_of(const Session& remote) const;

  /// What holds now; nothing before the first exchange is complete.
  [[nodiscard]] const std::optional<AgreedAudio>& agreed() const { return agreed_; }
  [[nodiscard]] bool offer_open() const { return state_ == State::OfferSent; }
  /// Our text as last sent: for repeating an answer in the 200 that a 183 carried already. "" before the first.
  [[nodiscard]] const std::string& local_text() const { return local_text_; }
  /// The numbers and flags hold together; asserted by tests and the fuzzer.
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class State : std::uint8_t { Stable, OfferSent };
  /// One m= line of the session, ours and the peer's: it keeps its place for ever (RFC 3264 section 8).
  struct Slot {
    std::string kind, protocol, format;
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  /// What a line of ours says besides its codecs.
  struct Extras {
    EventNumbers events{};
    bool comfort_noise = false;
    std::optional<std::string_view> reports{};  // of a=rtcp-xr
  };
  struct Chosen;  // What answer() and accept_answer() found in the peer's text.

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
  Session local_session_;        // As last sent, but for the version.
  std::string local_text_;
  std::string time_ = "0 0";     // Our t= line: the offerer's (RFC 3264 section 6).
  Direction wish_ = Direction::SendRecv;
  Direction offered_ = Direction::SendRecv;  // Of our last offer.
  State state_ = State::Stable;
  bool answerable_ = false;      // The last exchange began with our offer: its answer may be replaced by a later one.
  std::vector<Slot> slots_;
  std::vector<Media> others_;    // Beside the audio, in order.
  std::size_t audio_slot_ = 0;
  std::array<std::optional<std::uint8_t>, kAudioCodecs> numbers_{};  // By AudioCodec: what we receive each as.
  EventNumbers event_numbers_{};                                     // By clock: what we receive events as.
  std::bitset<128> taken_;       // Dynamic numbers that the peer has given a meaning of its own: RFC 3264 section 8.3.2.
  std::optional<AgreedAudio> agreed_;
};

}  // namespace offhook::inline v0::sdp
