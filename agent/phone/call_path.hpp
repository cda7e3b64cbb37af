#pragma once

#include <offhook/agent/phone/call_dtls.hpp>
#include <offhook/agent/phone/call_ice.hpp>
#include <offhook/agent/phone/media_place.hpp>
#include <offhook/agent/phone/nat/call_servers.hpp>
#include <offhook/sdp/agreement.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::phone {

/// Negotiates the packet path of one call: the addresses by STUN, TURN and ICE, and the SRTP keys by DTLS, which begins when ICE has found a path. Runs on the
/// endpoint's thread, which calls gather() first, and then poll().
class CallPath {
 public:
  static constexpr auto kPause = std::chrono::milliseconds(10);        ///< time between two polls, because the worker cannot notify this thread
  static constexpr auto kQuietPause = std::chrono::milliseconds(50);   ///< kPause after ICE and DTLS are done: the peer still checks the path
  static constexpr std::size_t kMaxOffPath = 8;                        ///< datagrams from other sources for one poll: more answers would displace our checks

  struct Start {
    MediaPlace place;
    base::SocketAddress local;                    ///< the leg's RTP address
    bool uses_ice = false;
    bool controlling = false;                     ///< true if this side makes the first offer
    bool trickles = false;                        ///< true if the peer's first offer has a=ice-options:trickle
    std::shared_ptr<NatServers> servers{};        ///< null: no servers
    std::int64_t wall_now = 0;                    ///< seconds since 1970-01-01 UTC
  };

  /// `dtls` is null for a call without DTLS. `keys` is the box of the leg's keys.
  CallPath(std::shared_ptr<const media::DtlsEndpoint> dtls, std::shared_ptr<media::SrtpKeyBox> keys);
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path() const;

  /// Begins to gather addresses. Then call gather() until it returns true: from then on, described() and description() are complete.
  void begin(const Start& start, base::TimePoint now);
  [[nodiscard]] bool gather(base::TimePoint now);
  [[nodiscard]] bool is_gathering() const { return gathers_; }
  /// The addresses for the m= line.
  struct Described {
    base::SocketAddress rtp;
    std::uint16_t rtcp_port = 0;                  ///< 0: the port after the RTP port
  };
  /// Returns nullopt if the peer is in the Internet and this side knows no public address of its own.
  [[nodiscard]] std::optional<Described> described() const;
  /// Returns this side's ICE description; nullopt if the call does not use ICE.
  [[nodiscard]] std::optional<sdp::IceDescription> description(bool is_offer = false) const {
    return ice_ ? std::optional(ice_->description(place_.is_hidden, is_offer)) : std::nullopt;
  }
  /// Follows an ICE restart in the peer's offer, so that description() has new credentials for the answer: RFC 8839 section 4.4.2. `agreed` is the agreement
  /// that the answer will make.
  void follow_restart(const sdp::AgreedAudio& agreed, base::TimePoint now);
  /// Takes candidates that the peer trickles.
  void add_trickled(sdp::IceDescription later, base::TimePoint now) { if (ice_) ice_->add_trickled(std::move(later), now); }
  /// Restarts ICE for an offer that another peer may answer: RFC 8839 section 7.5.
  void restart_ice() { if (ice_) ice_->restart(); }
  /// Call this if the peer did not answer the offer after restart_ice().
  void cancel_restart() { if (ice_) ice_->cancel_restart(); }

  struct Agreement {
    const sdp::AgreedAudio& audio;
    const media::MediaPlan& plan;          ///< the plan with the addresses in the peer's description
    unsigned dialog = 0;                   ///< counts the dialogs of a forked INVITE whose media the leg has used
    bool is_answer = false;                ///< true if the peer's latest description is an answer
  };
  /// Negotiates for this agreement from now on, in place of the former one.
  void apply(const Agreement& agreement, base::TimePoint now);
  /// Makes the next apply() begin the failed negotiation again, because the peer may not have been ready before its user answered.
  void forget_failure();
  /// Continues the negotiation. Returns true if along_path() has changed. Errors: NotAcceptable if the media cannot pass; the text gives the reason.
  [[nodiscard]] base::Result<bool, base::Error> poll(base::TimePoint now);
  /// Returns the time until gather() or poll() is needed again; nullopt if there is nothing to negotiate. `offers_ice`: true while the peer has not answered an
  /// offer with ICE, because its checks may come before its answer.
  [[nodiscard]] std::optional<base::Duration> pause(bool offers_ice) const;
  /// Returns `plan` with the addresses to which the leg must send. Without ICE, returns `plan` unchanged.
  [[nodiscard]] media::MediaPlan along_path(const media::MediaPlan& plan) const;
  /// Call this at the end of the call: deletes the allocations on the TURN servers.
  void end(base::TimePoint now);

  /// Returns true if media can pass in both directions: ICE, if agreed, has completed, and DTLS, if agreed, has keys. Waits for all components of ICE, because
  /// some peers play no audio before ICE has selected a pair for each.
  [[nodiscard]] bool is_open() const {
    const bool has_path = !uses_ice() || (!ice_->is_busy() && along_path(plan_).remote_rtp.port != 0);
    return has_path && (!uses_dtls() || (dtls_ && dtls_->has_keys()));
  }
  [[nodiscard]] bool uses_dtls() const { return agreed_dtls_.has_value(); }
  [[nodiscard]] bool uses_ice() const { return ice_ && ice_->is_used(); }
  [[nodiscard]] std::string suite() const { return dtls_ ? dtls_->suite() : std::string(); }
  [[nodiscard]] std::string route() const { return uses_ice() ? ice_->route() : std::string(); }

 private:
  void add_seen_address();
  void receive_all();
  void receive(const media::PathDatagram& datagram);
  void send(media::Channel channel, rtp::IcePath path, base::Bytes octets, base::TimePoint now);
  void follow_path(base::TimePoint now);
  void order_path(base::TimePoint now);
  [[nodiscard]] media::MediaPlan peers_plan() const { return uses_ice() ? ice_->along_path(plan_) : plan_; }

  std::shared_ptr<media::PathMail> mail_ = std::make_shared<media::PathMail>();
  std::shared_ptr<media::SrtpKeyBox> keys_, rtcp_keys_ = std::make_shared<media::SrtpKeyBox>();
  MediaPlace place_;
  base::SocketAddress local_;
  std::optional<CallServers> servers_;
  bool gathers_ = false;
  std::optional<CallIce> ice_;
  std::optional<CallDtls> dtls_;
  std::optional<sdp::AgreedDtls> agreed_dtls_;
  unsigned dialog_ = 0;
  media::MediaPlan plan_;
  std::array<media::PathOrder::Hop, 2> hops_{};   // the latest order to the worker, by Channel
};

}  // namespace offhook::inline v0::phone
