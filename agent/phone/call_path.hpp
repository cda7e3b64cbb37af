#pragma once

#include <offhook/agent/phone/call_dtls.hpp>
#include <offhook/agent/phone/call_ice.hpp>
#include <offhook/sdp/agreement.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::phone {

/// Negotiates the packet path of one call with the peer: its addresses by ICE, and the keys of SRTP by DTLS, which begins when ICE has found a path. Runs on the thread
/// of the endpoint, which calls poll().
class CallPath {
 public:
  static constexpr auto kPause = std::chrono::milliseconds(10);        ///< between two polls, as the worker cannot notify this thread
  static constexpr auto kQuietPause = std::chrono::milliseconds(50);   ///< when both are complete: the peer checks the path, and may repeat its last flight

  /// `dtls` null: no DTLS. `keys`: the box of the leg's keys.
  CallPath(std::shared_ptr<const media::DtlsEndpoint> dtls, std::shared_ptr<media::SrtpKeyBox> keys);
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path() const;

  /// Begins ICE at the leg's address of RTP. `controlling`: this side makes the first offer. Does nothing if it has begun already.
  void begin_ice(base::SocketAddress local, bool controlling);
  /// Follows a restart of ICE by the peer's offer, so that description() has new credentials for the answer: RFC 8839 section 4.4.2.
  void follow_restart(const sdp::Session& offer, base::TimePoint now);
  /// Returns this side of ICE; nullopt if it has not begun.
  [[nodiscard]] std::optional<sdp::IceDescription> description() const { return ice_ ? std::optional(ice_->description()) : std::nullopt; }

  /// Negotiates for this agreement from now on. `plan` has its addresses.
  void apply(const sdp::AgreedAudio& agreed, const media::MediaPlan& plan, base::TimePoint now);
  /// Continues. Returns true if the addresses have changed: then along_path() is new. Errors: NotAcceptable if the media cannot pass; the text says why.
  [[nodiscard]] base::Result<bool, base::Error> poll(base::TimePoint now);
  /// Returns the time until poll() is needed again; nullopt if there is nothing to negotiate.
  [[nodiscard]] std::optional<base::Duration> pause() const;
  /// Puts the addresses that ICE has found into a plan. Without ICE, the plan stays the same.
  [[nodiscard]] media::MediaPlan along_path(const media::MediaPlan& plan) const { return uses_ice() ? ice_->along_path(plan) : plan; }

  [[nodiscard]] bool uses_dtls() const { return agreed_dtls_.has_value(); }
  [[nodiscard]] bool uses_ice() const { return ice_ && ice_->is_used(); }
  [[nodiscard]] std::string suite() const { return dtls_ ? dtls_->suite() : std::string(); }
  [[nodiscard]] std::string route() const { return uses_ice() ? ice_->route() : std::string(); }

 private:
  void receive(const media::PathDatagram& datagram);

  std::shared_ptr<media::PathMail> mail_ = std::make_shared<media::PathMail>();
  std::shared_ptr<media::SrtpKeyBox> keys_, rtcp_keys_ = std::make_shared<media::SrtpKeyBox>();
  std::optional<CallIce> ice_;
  std::optional<CallDtls> dtls_;
  std::optional<sdp::AgreedDtls> agreed_dtls_;
  media::MediaPlan plan_;
};

}  // namespace offhook::inline v0::phone
