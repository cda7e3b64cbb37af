#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>

namespace offhook::inline v0::sip::detail {

/// Finds the local address from which packets leave, by the kernel's routing table. Sends nothing. Opens its sockets once, so
/// that it works even if no descriptor is left.
class RouteProbe {
 public:
  RouteProbe();
  ~RouteProbe();
  RouteProbe(const RouteProbe&) = delete;
  RouteProbe& operator=(const RouteProbe&) = delete;

  /// Returns nullopt if there is no route to that address.
  [[nodiscard]] std::optional<base::IpAddress> source_towards(const base::IpAddress& remote) const;

 private:
  int v4_;
  int v6_;
};

}  // namespace offhook::inline v0::sip::detail
