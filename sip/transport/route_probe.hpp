#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>

namespace offhook::inline v0::sip::detail {

/// Asks the kernel's routing table which address of ours packets leave from, and sends nothing. Its sockets are opened once, so that it
/// still answers when no descriptor is left.
class RouteProbe {
 public:
  RouteProbe();
  ~RouteProbe();
  RouteProbe(const RouteProbe&) = delete;
  RouteProbe& operator=(const RouteProbe&) = delete;

  /// Nothing when there is no way to that address.
  [[nodiscard]] std::optional<base::IpAddress> source_towards(const base::IpAddress& remote) const;

 private:
  int v4_;
  int v6_;
};

}  // namespace offhook::inline v0::sip::detail
