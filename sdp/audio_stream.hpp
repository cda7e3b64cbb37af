#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/agreement.hpp>
#include <offhook/sdp/payload_numbers.hpp>
#include <offhook/sdp/remote_stream.hpp>
#include <offhook/sdp/transport.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sdp {

/// The audio of one section: the codecs, payload types and directions on which both sides agree, RFC 3264 sections 5 to 8. Does no I/O; copies are independent.
class AudioStream {
 public:
  explicit AudioStream(AudioCapability capability);  ///< a capability without codecs gets PCMU

  void set_direction(Direction wish) { wish_ = wish; }
  [[nodiscard]] Direction direction() const { return wish_; }

  /// Returns the protocol of an initial offer.
  [[nodiscard]] std::string_view offered_protocol() const {
    if (capability_.srtp.offers_dtls()) return "UDP/TLS/RTP/SAVP";
    return capability_.srtp.policy == SrtpPolicy::Required ? "RTP/SAVP" : "RTP/AVP";
  }
  /// Reads the peer's m= line. Errors: those of read_remote_stream(), BadAddress for another address family than ours, and NotSecure if the
  /// session was encrypted and the line is not.
  [[nodiscard]] base::Result<RemoteStream, NegotiationError> read(const Session& remote, const Media& stream, const Transport& ours) const;
  /// Completes our m= line for an offer. `line` is Section::line().
  [[nodiscard]] Media offer(Media line);
  /// Completes our m= line for the answer to `offered`. `theirs` is the result of read() for this line, which has checked that both sides can agree.
  [[nodiscard]] Media answer(RemoteStream theirs, const Media& offered, Media line);
  /// Takes the peer's answer to the last offer. `theirs` describes `answered`. Errors: NotSecure if the answer must be encrypted, but has no key for our offer;
  /// NoCommonCrypto if the peer's DTLS role does not fit ours.
  [[nodiscard]] base::Result<void, NegotiationError> accept_answer(RemoteStream theirs, const Media& answered);
  /// Sets the peer's ICE description in the agreement; nullopt if one side does not use ICE.
  void agree_ice(std::optional<IceDescription> theirs) { agreed_->ice = std::move(theirs); }
  /// Call it when the peer set port 0 in a later offer. The codec and the addresses stay.
  void disable();

  /// Returns the current agreement, or nullopt before the first exchange is complete.
  [[nodiscard]] const std::optional<AgreedAudio>& agreed() const { return agreed_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  /// The contents of our m= line other than its codecs.
  struct Extras {
    EventNumbers events{};
    bool comfort_noise = false;
    bool rtcp_mux = false;
    std::optional<std::string_view> reports{};  // value of a=rtcp-xr
  };

  [[nodiscard]] AgreedAudio agree(const RemoteStream& theirs, Direction ours) const;
  [[nodiscard]] bool is_muxed() const { return agreed_ && agreed_->remote_rtcp == agreed_->remote_rtp; }
  void agree_events(const EventNumbers& theirs, AgreedAudio& agreed) const;
  [[nodiscard]] EventNumbers offered_events() const;
  [[nodiscard]] Extras offered_extras() const;
  [[nodiscard]] Extras answered_extras(const RemoteStream& theirs) const;
  [[nodiscard]] bool must_be_secure() const { return capability_.srtp.policy == SrtpPolicy::Required || (agreed_ && agreed_->is_encrypted()); }
  void remember(RemoteStream theirs);
  [[nodiscard]] AgreedDtls agree_dtls(const RemoteStream& theirs, Setup ours) const;
  [[nodiscard]] bool offers_dtls() const { return agreed_ && agreed_->is_encrypted() ? agreed_->dtls.has_value() : capability_.srtp.offers_dtls(); }
  [[nodiscard]] std::optional<AgreedSrtp> agree_keys(const std::optional<CryptoLine>& theirs) const;
  void write(const std::vector<AudioCodec>& codecs, const Extras& extras, Direction ours, Media& line) const;

  AudioCapability capability_;
  PayloadNumbers numbers_;
  Direction wish_ = Direction::SendRecv;
  Direction offered_ = Direction::SendRecv;  // The direction in our last offer or answer.
  bool offered_rtcp_mux_ = false;            // Our last offer or answer has a=rtcp-mux.
  std::optional<RemoteStream> remote_;       // The peer's latest accepted m= line. In a hold without an address, it has the address from before the hold.
  std::string protocol_;                     // The protocol of the agreement. A later m= line with port 0 does not change it.
  std::optional<AgreedAudio> agreed_;
};

}  // namespace offhook::inline v0::sdp
