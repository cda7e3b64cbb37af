#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

/// Why a socket is no more. `why` is for people: numbers and our own words, never the service's sentences.
struct SocketFault {
  FailureKind kind = FailureKind::Network;
  std::string why;
  std::optional<base::Duration> retry_in{};  ///< a new socket may be asked for the same, so much later and no sooner
};
/// `whom`: "the recogniser of Azure".
[[nodiscard]] SocketFault fault_of(std::string_view whom, const net::WebSocketClosed& closed);

}  // namespace offhook::inline v0::agent::azure
