#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/turn_channels.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

enum class TurnPeerError : std::uint8_t {
  NotAllocated,
  WrongFamily,  ///< the allocation has no relayed address of the peer's address family
  TooMany,      ///< TurnChannels::kMaxPermissions permissions or kMaxChannels channels are in use
};
[[nodiscard]] std::string_view to_string(TurnPeerError error);

/// The permissions and channels of one allocation, and the times at which the client must request them again: RFC 8656 sections 9 to 12. Pure: no I/O, no
/// clock. A permission is for an IP address. A channel is for an address with its port. No other peer gets a channel's number until kReserved after its last
/// request.
class TurnPeers {
 public:
  static constexpr base::Duration kPermissionLifetime = std::chrono::minutes(5), kPermissionRefresh = std::chrono::minutes(4);
  static constexpr base::Duration kChannelLifetime = std::chrono::minutes(10), kChannelRefresh = std::chrono::minutes(8);
  /// RFC 8656 section 12 reserves a number for five minutes after its channel expired; this side adds a minute, because the last repetition of a request may
  /// arrive late.
  static constexpr base::Duration kReserved = kChannelLifetime + std::chrono::minutes(6);
  static constexpr base::Duration kRetry = std::chrono::seconds(5);  ///< wait before a failed refresh is repeated

  /// A request to send: CreatePermission if `channel` is 0, otherwise ChannelBind.
  struct Request {
    base::SocketAddress peer;
    std::uint16_t channel = 0;
  };
  enum class Outcome : std::uint8_t {
    Ignored,    ///< there is no change that the owner must report
    Ready,      ///< the server has granted the permission or channel for the first time, or again after it had expired
    Lost,       ///< the server does not grant the permission or channel, and the client will not request it again
  };

  /// permit() schedules the request for a permission, bind() the request for a channel, unless the peer has one. Errors: TooMany.
  [[nodiscard]] base::Result<void, TurnPeerError> permit(const base::SocketAddress& peer, base::TimePoint now);
  [[nodiscard]] base::Result<void, TurnPeerError> bind(const base::SocketAddress& peer, base::TimePoint now);
  /// Ends the refreshes of the permission for this IP address, and of the channels to it.
  void forget(const base::IpAddress& peer);
  void clear();

  /// Returns a request that is due. Returns each request only once until its answer.
  [[nodiscard]] std::optional<Request> next_due(base::TimePoint now);
  [[nodiscard]] Outcome on_granted(const Request& request, base::TimePoint now);
  /// is_final  true if the server has refused; false if it has not answered, or reports a temporary error
  [[nodiscard]] Outcome on_refused(const Request& request, bool is_final, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] TurnChannels channels(StunTransport transport, base::TimePoint now) const;

 private:
  struct Entry {
    Request what;
    bool is_wanted = true;
    std::optional<base::TimePoint> ask_at;  // nullopt while a request is pending
    base::TimePoint granted_until{};        // end of the grant; in the past if there is none
    base::TimePoint reserved_until{};       // until then, no other peer gets the channel's number
  };
  [[nodiscard]] Entry* find(const Request& request);
  [[nodiscard]] std::uint16_t free_number() const;
  void drop_unreserved(base::TimePoint now);

  std::vector<Entry> permissions_, channels_;
};

}  // namespace offhook::inline v0::rtp
