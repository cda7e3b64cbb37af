#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sdp {

/// A host that a c= line names where others have an address: RFC 8866 section 5.7.
struct HostName {
  static constexpr std::size_t kMaxBytes = 253;  ///< RFC 1035 section 2.3.4, as text

  std::string_view name;  ///< borrows from the description
  bool v6 = false;        ///< the line is of IP6
};

/// The first host name in the c= lines of `description`, which need not be well-formed. Names of .invalid (RFC 6761 section 6.4), which
/// stand for no address, are passed over.
[[nodiscard]] std::optional<HostName> find_host_name(std::string_view description);

/// `description` with `address` in each c= line that names this host. Of another family than the lines are: the lines become of its family.
[[nodiscard]] std::string with_address(std::string_view description, const HostName& host, const base::IpAddress& address);

}  // namespace offhook::inline v0::sdp
