#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/flow.hpp>

#include <optional>

namespace offhook::inline v0::sip {

/// The address that a NAT gives our messages along one flow.
struct SeenAddress {
  Flow flow;
  base::SocketAddress address;
  /// Returns true if a NAT gives messages over `other` the same address: they leave from the same port, or over the same
  /// connection.
  [[nodiscard]] bool holds_for(const Flow& other) const;
};

/// Returns the address at which the server at the other end of `flow` saw our request, from received and rport of its response.
/// Returns nullopt if that is our own address, or cannot lead to us: loopback (unless we listen there), multicast, broadcast, the
/// other IP version.
/// In a response that a proxy forwards, the callee may have written these parameters, so the caller of this function must decide
/// which responses to trust.
[[nodiscard]] std::optional<SeenAddress> seen_address(const Message& response, const Flow& flow);

}  // namespace offhook::inline v0::sip
