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

/// The selected pairs of one session, one for each component, and the consent on each. A lite agent asks for no consent; it sends keepalives instead.
class IceConnection {
 public:
  static constexpr base::Duration kKeepalive = std::chrono::seconds(15);   ///< Tr: RFC 8445 section 11
  /// A selected pair on which the peer was not heard for this time is no longer alive. It is longer than the time between two requests for consent, 6 s.
  static constexpr base::Duration kAliveFor = std::chrono::seconds(8);

  IceConnection(IceContext& context, IceRole& role) : context_(context), role_(role) {}

  /// Selects a pair that was nominated, unless the one before has a higher priority (RFC 8445 section 8.1.1) and is alive. Returns true if it is the selected one now.
  bool select(std::uint16_t component, const IceSelectedPair& pair, base::TimePoint now);
  [[nodiscard]] bool is_complete(std::uint16_t components) const;
  /// Returns nullptr if this component has no selected pair.
  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const;
  /// Returns where media may go now. Returns nullopt without a selected pair or without consent.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component) const;
  /// Closes the paths of this base for good.
  void remove_base(const base::SocketAddress& base);

  /// An authenticated request of the peer came this way.
  void on_heard(const IceRoute& route, base::TimePoint now);
  /// Sends requests for consent, or keepalives.
  void on_time(const IceCredentials& ours, const IceCredentials& theirs, base::TimePoint now);
  /// Returns false if the message answers no request for consent.
  bool on_response(const StunMessage& message, const IceRoute& route, const IceCredentials& theirs, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Link {
    Link(const IceSelectedPair& selected, base::TimePoint now) : pair(selected), heard_at(now) {}
    IceSelectedPair pair;
    base::TimePoint heard_at;                       // the last authenticated message of the peer on this pair
    std::optional<IceConsent> consent;              // of a full agent
    std::optional<base::TimePoint> keepalive_at;    // of a lite agent
    IceClaim asked_as{};                            // the role in the last request for consent
    bool is_open = true;
  };
  void close(std::uint16_t component);

  IceContext& context_;
  IceRole& role_;
  std::array<std::optional<Link>, kMaxIceComponents> links_;
};

}  // namespace offhook::inline v0::rtp
