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
  TooMany,      ///< TurnChannels::kMaxPermissions or kMaxChannels are in use
};
[[nodiscard]] std::string_view to_string(TurnPeerError error);

/// The permissions and channels of one allocation, and when they must be requested again: RFC 8656 sections 9 to 12. Pure: no I/O, no clock.
/// A permission is for an IP address. A channel is for an address with its port; its number has no other peer until kReserved after its last request.
class TurnPeers {
 public:
  static constexpr base::Duration kPermissionLifetime = std::chrono::minutes(5), kPermissionRefresh = std::chrono::minutes(4);
  static constexpr base::Duration kChannelLifetime = std::chrono::minutes(10), kChannelRefresh = std::chrono::minutes(8);
  /// RFC 8656 section 12 demands five minutes after a channel has expired; the last repetition of a request may arrive late.
  static constexpr base::Duration kReserved = kChannelLifetime + std::chrono::minutes(6);
  static constexpr base::Duration kRetry = std::chrono::seconds(5);  ///< until a failed refresh is repeated

  /// A request that is due: ChannelBind for `channel`, CreatePermission if `channel` is 0.
  struct Request {
    base::SocketAddress peer;
    std::uint16_t channel = 0;
  };
  enum class Outcome : std::uint8_t {
    Ignored,    ///< nothing has changed that the owner should know
    Ready,      ///< the server has granted it for the first time
    Lost,       ///< the server does not grant it, and it will not be requested again
  };

  /// Each requests a permission or a channel, unless there is one. Errors: TooMany.
  [[nodiscard]] base::Result<void, TurnPeerError> permit(const base::SocketAddress& peer, base::TimePoint now);
  [[nodiscard]] base::Result<void, TurnPeerError> bind(const base::SocketAddress& peer, base::TimePoint now);
  /// Stops to refresh the permission for the peer's IP address, and the channels to that address.
  void forget(const base::IpAddress& peer);
  void clear();

  /// Returns a request that is due, once.
  [[nodiscard]] std::optional<Request> next_due(base::TimePoint now);
  [[nodiscard]] Outcome on_granted(const Request& request, base::TimePoint now);
  /// is_final  the server has refused; otherwise it has not answered, or has failed for a time
  [[nodiscard]] Outcome on_refused(const Request& request, bool is_final, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] TurnChannels channels(StunTransport transport, base::TimePoint now) const;

 private:
  struct Entry {
    Request what;
    bool is_wanted = true;
    std::optional<base::TimePoint> ask_at;  // nullopt while a request is pending
    base::TimePoint granted_until{};        // in the past: the server has not granted it
    base::TimePoint reserved_until{};       // of a channel's number
  };
  [[nodiscard]] Entry* find(const Request& request);
  [[nodiscard]] std::uint16_t free_number() const;
  void drop_unreserved(base::TimePoint now);

  std::vector<Entry> permissions_, channels_;
};

}  // namespace offhook::inline v0::rtp
