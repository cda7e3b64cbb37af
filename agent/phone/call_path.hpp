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

namespace offhook::inline v0::phone {

/// Negotiates the packet path of one call with the peer: its addresses by STUN, TURN and ICE, and the keys of SRTP by DTLS, which begins when ICE has found a path. Runs on
/// the thread of the endpoint, which calls gather() and then poll().
class CallPath {
 public:
  static constexpr auto kPause = std::chrono::milliseconds(10);        ///< between two polls, as the worker cannot notify this thread
  static constexpr auto kQuietPause = std::chrono::milliseconds(50);   ///< when both are complete: the peer checks the path, and may repeat its last flight
  static constexpr std::size_t kMaxOffPath = 8;                        ///< datagrams that did not come on the path, in one poll: answers to more would push out our own

  struct Start {
    MediaPlace place;
    base::SocketAddress local;                    ///< the leg's address of RTP
    bool uses_ice = false;
    bool controlling = false;                     ///< this side makes the first offer
    std::shared_ptr<NatServers> servers{};        ///< null: none
    std::int64_t wall_now = 0;                    ///< seconds since 1970-01-01 UTC
  };

  /// `dtls` null: no DTLS. `keys`: the box of the leg's keys.
  CallPath(std::shared_ptr<const media::DtlsEndpoint> dtls, std::shared_ptr<media::SrtpKeyBox> keys);
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path() const;

  /// Begins to gather addresses. Call gather() until it returns true; then described() and description() are complete.
  void begin(const Start& start, base::TimePoint now);
  [[nodiscard]] bool gather(base::TimePoint now);
  [[nodiscard]] bool is_gathering() const { return gathers_; }
  /// The addresses for the m= line.
  struct Described {
    base::SocketAddress rtp;
    std::uint16_t rtcp_port = 0;                  ///< 0: the port after that of RTP
  };
  /// Returns nullopt if the peer is in the Internet, and no public address is known.
  [[nodiscard]] std::optional<Described> described() const;
  /// Returns this side of ICE; nullopt if the call does not use it.
  [[nodiscard]] std::optional<sdp::IceDescription> description() const { return ice_ ? std::optional(ice_->description(place_.is_hidden)) : std::nullopt; }
  /// Follows a restart of ICE by the peer's offer, so that description() has new credentials for the answer: RFC 8839 section 4.4.2. `agreed` is what the answer will agree
  /// on.
  void follow_restart(const sdp::AgreedAudio& agreed, base::TimePoint now);
  /// Restarts ICE for an offer that another peer may answer: RFC 8839 section 7.5.
  void restart_ice() { if (ice_) ice_->restart(); }
  /// The peer has not answered that offer.
  void cancel_restart() { if (ice_) ice_->cancel_restart(); }

  struct Agreement {
    const sdp::AgreedAudio& audio;
    const media::MediaPlan& plan;          ///< with the addresses of the description
    unsigned dialog = 0;                   ///< counts the dialogs of a forked INVITE whose media the leg has had
    bool is_answer = false;                ///< the peer's latest description is an answer
  };
  /// Negotiates for this agreement from now on.
  void apply(const Agreement& agreement, base::TimePoint now);
  /// Begins again what has failed, because the peer may not have been ready: the next apply() does it.
  void forget_failure();
  /// Continues. Returns true if the addresses have changed: then along_path() is new. Errors: NotAcceptable if the media cannot pass; the text says why.
  [[nodiscard]] base::Result<bool, base::Error> poll(base::TimePoint now);
  /// Returns the time until gather() or poll() is needed again; nullopt if there is nothing to negotiate.
  [[nodiscard]] std::optional<base::Duration> pause() const;
  /// Puts the addresses to which the leg sends into a plan. Without ICE, the plan stays the same.
  [[nodiscard]] media::MediaPlan along_path(const media::MediaPlan& plan) const;
  /// The call is over: gives allocations back.
  void end(base::TimePoint now);

  /// Returns true if media can pass in both directions: ICE, if agreed, has a path for each component, and DTLS, if agreed, has keys. Some peers hear nothing before the
  /// last component has its path.
  [[nodiscard]] bool is_open() const {
    const bool has_path = !uses_ice() || (!ice_->is_busy() && along_path(plan_).remote_rtp.port != 0);
    return has_path && (!uses_dtls() || !suite().empty());
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
  std::array<media::PathOrder::Hop, 2> hops_{};   // by Channel: the latest order to the worker
};

}  // namespace offhook::inline v0::phone
