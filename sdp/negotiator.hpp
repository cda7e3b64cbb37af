#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/agreement.hpp>
#include <offhook/sdp/capability.hpp>
#include <offhook/sdp/ice_lines.hpp>
#include <offhook/sdp/section.hpp>
#include <offhook/sdp/session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sdp {

struct Answer {
  std::string body;
  AgreedAudio audio;
};

/// Offer and answer of one session: RFC 3264. One section is our audio; each other section has a line of the owner,
/// or is refused in place. Owns the version of our o= line, and increments it whenever our text changes. Does no I/O. Copy the
/// negotiator for each early dialog of a forked INVITE.
///
///             make_offer()                 accept_answer()
///     Stable --------------> OfferSent ----------------------> Stable      answer(): Stable -> Stable
///                                      ---- withdraw_offer()-> Stable   accept_answer(): Stable -> Stable
///
/// A function that fails changes nothing.
class Negotiator {
 public:
  /// `local` is the address in c= and the port in m=. `session_id` comes from a random source; 62 bits are used
  /// (RFC 3264 section 5). A capability without codecs gets PCMU.
  Negotiator(AudioCapability capability, base::SocketAddress local, std::uint64_t session_id);

  /// Sets the direction that we want. SendOnly or Inactive puts the peer on hold. Takes effect in the next offer or answer.
  void set_direction(Direction wish) { audio().set_direction(wish); }
  [[nodiscard]] Direction direction() const { return audio().direction(); }
  /// Sets a new receive address. The o= line keeps the first address: RFC 3264 section 8.
  void set_local(base::SocketAddress local) { sections_[audio_at_].transport.rtp = local; }
  /// Sets the RTCP port, if a NAT has not mapped it to the port after the RTP port: RFC 3605.
  void set_rtcp_port(std::uint16_t port) { sections_[audio_at_].transport.rtcp = {sections_[audio_at_].transport.rtp.ip, port}; }

  /// Sets our ICE description (RFC 8839); nullopt: this side does not use ICE. Takes effect in the next offer or answer. An answer contains it if the offer has
  /// ICE. An offer contains it if `offers` is true, or if both sides use ICE already.
  void set_ice(std::optional<IceDescription> ours, bool offers);

  /// Returns the a=mid of the audio section in the peer's latest offer; "" if it had none. Our later descriptions repeat it.
  [[nodiscard]] const std::string& mid() const { return mid_; }

  /// Sets our m= lines beside the audio line, in order, at most kMaxMedia - 1. Offers contain them. An answer uses a line if the
  /// peer's line in its place has the same kind and protocol and a port; it refuses the peer's other lines. Takes effect in the
  /// next offer or answer.
  void set_others(std::vector<Media> others) { others_ = std::move(others); }

  /// Returns our offer, initial or later. If the previous offer is still open, the new one replaces it. Returns the same text again
  /// if nothing has changed, for example for a request that is repeated with credentials.
  [[nodiscard]] std::string make_offer();
  /// Call this when the peer refused our offer or never answered it. The previous agreement stays valid.
  void withdraw_offer();
  /// Answers the peer's offer, initial or later.
  [[nodiscard]] base::Result<Answer, NegotiationError> answer(const Session& offer);
  /// Accepts the peer's answer to our offer. May be called again with a later answer to the same offer (183, then 200). If no offer is open, `answer` must
  /// answer our latest description, which a session refresh has sent again (RFC 4028 section 7.4).
  [[nodiscard]] base::Result<AgreedAudio, NegotiationError> accept_answer(const Session& answer);

  /// Returns the m= lines of `remote`, the peer's latest description, except the audio line. Session::alone() has completed each of them.
  [[nodiscard]] std::vector<Media> others_of(const Session& remote) const;

  /// Returns the current agreement, or nullopt before the first exchange is complete.
  [[nodiscard]] const std::optional<AgreedAudio>& agreed() const { return audio().agreed(); }
  [[nodiscard]] bool offer_open() const { return state_ == State::OfferSent; }
  /// Returns the text that we last sent, so that a 200 can repeat the answer of a 183. Returns "" before the first text.
  [[nodiscard]] const std::string& local_text() const { return local_text_; }
  /// Returns true if the invariants hold; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class State : std::uint8_t { Stable, OfferSent };
  struct Chosen;  // The peer's m= line that becomes our audio section.

  [[nodiscard]] AudioStream& audio() { return *sections_[audio_at_].audio; }
  [[nodiscard]] const AudioStream& audio() const { return *sections_[audio_at_].audio; }
  [[nodiscard]] base::Result<Chosen, NegotiationError> choose_audio(const Session& offer) const;
  [[nodiscard]] base::Result<RemoteStream, NegotiationError> read(const Session& remote, std::size_t index) const;
  [[nodiscard]] bool switches_off(const Session& offer) const;
  void follow(const Session& offer);
  void move_audio(std::size_t to);
  void add_sections();
  [[nodiscard]] Media line_of_owner(std::size_t index) const;
  [[nodiscard]] Session frame() const;
  [[nodiscard]] std::optional<IceDescription> ice_of(const Session& remote, std::size_t index) const;
  void add_ice(Session& text) const;
  void bundle(const Session& offer, Session& text) const;
  void add_mid(Session& text) const;
  std::string publish(Session text);

  base::IpAddress origin_ip_;
  std::uint64_t session_id_;
  std::uint64_t version_ = 0;
  Session local_session_;        // Our latest description, without the version.
  std::string local_text_;
  std::string time_ = "0 0";     // Value of our t= line; after an offer of the peer, the value of that offer (RFC 3264 section 6).
  State state_ = State::Stable;
  std::vector<Section> sections_;  // The section at audio_at_ is the audio.
  std::size_t audio_at_ = 0;
  std::vector<Media> others_;    // The owner's m= lines, in order.
  std::optional<IceDescription> ice_;
  bool offers_ice_ = false;
  std::string mid_;
};

}  // namespace offhook::inline v0::sdp
