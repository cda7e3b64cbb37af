#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sdp {

/// A host name in a c= line, where most peers write an address: RFC 8866 section 5.7.
struct HostName {
  static constexpr std::size_t kMaxBytes = 253;  ///< RFC 1035 section 2.3.4, as text

  std::string_view name;  ///< borrows from the description
  bool v6 = false;        ///< true if the line has address type IP6
};

/// Returns the first host name in the c= lines of `description`, which may be malformed. Skips names under .invalid, which have
/// no address (RFC 6761 section 6.4).
[[nodiscard]] std::optional<HostName> find_host_name(std::string_view description);

/// Returns `description` with `address` in each c= line that names this host. Also changes the address type of these lines to
/// match `address`.
[[nodiscard]] std::string with_address(std::string_view description, const HostName& host, const base::IpAddress& address);

}  // namespace offhook::inline v0::sdp
