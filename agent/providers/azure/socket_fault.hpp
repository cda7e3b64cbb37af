#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

/// The reason why a socket ended. `why` contains numbers and Offhook's own words, never the service's sentences.
struct SocketFault {
  FailureKind kind = FailureKind::Network;
  std::string why;
  std::optional<base::Duration> retry_in{};  ///< shortest wait before a new socket may send the same request; nullopt if that is useless
};
/// Returns the fault of a closed socket. `whom` is the subject of the sentence: "the recogniser of Azure".
[[nodiscard]] SocketFault fault_of(std::string_view whom, const net::WebSocketClosed& closed);

}  // namespace offhook::inline v0::agent::azure
