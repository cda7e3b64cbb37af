#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/credentials.hpp>
#include <offhook/rtp/ice/detail/consent.hpp>
#include <offhook/rtp/ice/detail/context.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/ice/ice_event.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// The selected pair of each component of one session, with the peer's consent to receive on it. A lite agent sends keepalives instead of requests for consent.
class IceConnection {
 public:
  static constexpr base::Duration kKeepalive = std::chrono::seconds(15);   ///< Tr: RFC 8445 section 11
  /// A selected pair on which the peer was not heard for this time is no longer alive. This time is longer than the time between two requests for consent,
  /// which is at most 6 s.
  static constexpr base::Duration kAliveFor = std::chrono::seconds(8);

  IceConnection(IceContext& context, IceRole& role) : context_(context), role_(role) {}

  /// Selects a nominated pair, unless the component's selected pair has a higher priority (RFC 8445 section 8.1.1) and is alive. Returns true if `pair` is selected now.
  bool select(std::uint16_t component, const IceSelectedPair& pair, base::TimePoint now);
  [[nodiscard]] bool is_complete(std::uint16_t components) const;
  /// Returns nullptr if this component has no selected pair.
  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const;
  /// Returns the path on which media may leave now. Returns nullopt if the component has no selected pair, or if its path is closed.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component) const;
  /// Closes the paths that leave from this base. Only the selection of another pair opens a path again.
  void remove_base(const base::SocketAddress& base);

  /// Call this for each authenticated request of the peer.
  void on_heard(const IceRoute& route, base::TimePoint now);
  /// Sends the requests for consent or the keepalives that are due, and closes paths whose consent has expired.
  void on_time(const IceCredentials& ours, const IceCredentials& theirs, base::TimePoint now);
  /// Returns false if the message is not the answer to a request for consent.
  bool on_response(const StunMessage& message, const IceRoute& route, const IceCredentials& theirs, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Link {
    Link(const IceSelectedPair& selected, base::TimePoint now) : pair(selected), last_heard(now) {}
    IceSelectedPair pair;
    base::TimePoint last_heard;                     // time of the last authenticated message of the peer on this pair
    std::optional<IceConsent> consent;              // only in a full agent
    std::optional<base::TimePoint> keepalive_at;    // only in a lite agent
    IceClaim asked_as{};                            // role and tie-breaker in the last request for consent
    bool is_open = true;
  };
  void close(std::uint16_t component);

  IceContext& context_;
  IceRole& role_;
  std::array<std::optional<Link>, kMaxIceComponents> links_;
};

}  // namespace offhook::inline v0::rtp
