#pragma once

#include <offhook/agent/phone/call_ice.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/dtls/handshake.hpp>
#include <offhook/media/engine/path_mail.hpp>
#include <offhook/media/engine/srtp_path.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/sdp/srtp.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::phone {

/// The DTLS handshakes of one call: one for RTP, and one for RTCP if RTCP has its own port (RFC 5764 section 4.1). They run on the endpoint's thread; the leg's
/// worker only carries their datagrams.
class CallDtls {
 public:
  /// The packet path of the leg must have the same boxes.
  CallDtls(std::shared_ptr<const media::DtlsEndpoint> endpoint, std::shared_ptr<media::SrtpKeyBox> rtp_keys, std::shared_ptr<media::SrtpKeyBox> rtcp_keys)
      : endpoint_(std::move(endpoint)), rtp_keys_(std::move(rtp_keys)), rtcp_keys_(std::move(rtcp_keys)) {}

  /// Begins handshakes with the peer of `plan` if `agreed` is a new association; otherwise the present association continues. nullopt: the call does not use
  /// DTLS. `dialog` is the number of the early dialog of a forked INVITE, because each has its own association (RFC 8842 section 7).
  void apply(const std::optional<sdp::AgreedDtls>& agreed, unsigned dialog, const media::MediaPlan& plan, base::TimePoint now);
  /// Forgets the agreement after a failure, so that the next apply() begins new handshakes.
  void forget() { agreed_.reset(); }
  /// `is_verified`: true if a check of ICE has come from the datagram's source. Then the handshake continues along the path of this side.
  void receive(const media::PathDatagram& datagram, bool is_verified);
  /// Runs the handshakes' timers, sends their datagrams, and puts their keys into the boxes. Errors: NotAcceptable if a handshake failed; the text gives the
  /// reason.
  [[nodiscard]] base::Result<void, base::Error> advance(const SendAlong& send, base::TimePoint now);

  /// Returns true if DTLS is agreed.
  [[nodiscard]] bool is_used() const { return agreed_.has_value(); }
  /// Returns true while a handshake is in progress.
  [[nodiscard]] bool is_busy() const { return (rtp_ && rtp_->suite.empty()) || (rtcp_ && rtcp_->suite.empty()); }
  /// Returns true if the present association has keys for RTP.
  [[nodiscard]] bool has_keys() const { return rtp_ && !rtp_->suite.empty(); }
  /// Returns the suite in use for RTP, by its name in SDP; "" before the first handshake is complete. During a new handshake, the suite of the former
  /// association stays in use.
  [[nodiscard]] const std::string& suite() const { return suite_; }

 private:
  /// One association, and the peer's address.
  struct Association {
    media::Channel channel = media::Channel::Rtp;
    base::SocketAddress peer;
    std::size_t place = 0;   // place of its keys in the SrtpPath
    std::unique_ptr<media::DtlsHandshake> handshake;
    std::string suite{};     // "" until the handshake is complete
  };
  void forget_keys();
  void await_keys();
  void begin(std::optional<Association>& association, media::Channel channel, const base::SocketAddress& peer, base::TimePoint now);
  void follow(std::optional<Association>& association, media::Channel channel, const base::SocketAddress& before, const base::SocketAddress& peer, base::TimePoint now);
  [[nodiscard]] bool may_be_peer(const Association& association, const base::SocketAddress& from) const;
  [[nodiscard]] static base::Result<void, base::Error> advance(Association& association, const SendAlong& send, media::SrtpKeyBox& keys, base::TimePoint now);

  std::shared_ptr<const media::DtlsEndpoint> endpoint_;
  std::shared_ptr<media::SrtpKeyBox> rtp_keys_, rtcp_keys_;
  std::optional<sdp::AgreedDtls> agreed_;
  unsigned dialog_ = 0;
  std::string suite_;
  bool second_place_ = false;   // the keys of the present association are in the second place for keys from DTLS
  media::MediaPlan plan_;
  std::optional<Association> rtp_, rtcp_;
};

}  // namespace offhook::inline v0::phone
