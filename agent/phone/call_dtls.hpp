#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/dtls/handshake.hpp>
#include <offhook/media/engine/path_mail.hpp>
#include <offhook/media/engine/srtp_path.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/sdp/srtp.hpp>

#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::phone {

/// The handshakes of DTLS of one call: one for RTP, and one for RTCP if it has its own port (RFC 5764 section 4.1). They run on the thread of the endpoint, which calls
/// poll(); the worker of the leg only carries their datagrams.
class CallDtls {
 public:
  /// The path of the leg has the same mail and boxes.
  struct Shared {
    std::shared_ptr<media::PathMail> mail = std::make_shared<media::PathMail>();
    std::shared_ptr<media::SrtpKeyBox> rtp_keys = std::make_shared<media::SrtpKeyBox>();
    std::shared_ptr<media::SrtpKeyBox> rtcp_keys = std::make_shared<media::SrtpKeyBox>();
  };

  CallDtls(std::shared_ptr<const media::DtlsEndpoint> endpoint, Shared shared) : endpoint_(std::move(endpoint)), shared_(std::move(shared)) {}

  /// Begins the handshakes of an agreement with the peer of `plan`, if it is a new association. nullopt: the call does not use DTLS.
  void apply(const std::optional<sdp::AgreedDtls>& agreed, const media::MediaPlan& plan, base::TimePoint now);
  /// Carries datagrams between the mail and the handshakes, and puts their keys into the boxes. Errors: NotAcceptable if a handshake failed; the text says why.
  [[nodiscard]] base::Result<void, base::Error> poll(base::TimePoint now);
  /// Returns the time until poll() is needed again; nullopt: the call does not use DTLS.
  [[nodiscard]] std::optional<base::Duration> pause() const;
  /// Returns the suite of RTP as in SDP, or "" before the handshake is complete.
  [[nodiscard]] std::string suite() const { return rtp_ ? rtp_->suite : std::string(); }

 private:
  /// One association, and the addresses from which its datagrams may come.
  struct Association {
    media::Channel channel = media::Channel::Rtp;
    base::SocketAddress peer;
    std::unique_ptr<media::DtlsHandshake> handshake;
    std::string suite{};     // "" until the handshake is complete
  };
  void begin(std::optional<Association>& association, media::Channel channel, const base::SocketAddress& peer, base::TimePoint now);
  void receive(const media::PathDatagram& datagram);
  [[nodiscard]] bool may_be_peer(const Association& association, const base::SocketAddress& from) const;
  [[nodiscard]] base::Result<void, base::Error> advance(Association& association, media::SrtpKeyBox& keys, base::TimePoint now);

  std::shared_ptr<const media::DtlsEndpoint> endpoint_;
  Shared shared_;
  std::optional<sdp::AgreedDtls> agreed_;
  media::MediaPlan plan_;
  std::optional<Association> rtp_, rtcp_;
};

}  // namespace offhook::inline v0::phone
