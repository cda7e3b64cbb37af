#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/http_failure.hpp>

#include <string_view>

namespace offhook::inline v0::agent::azure {

/// Describes why a socket ended. `whom` is the subject of the sentence: "the recogniser of Azure". `why` contains numbers and Offhook's
/// own words, never the service's sentences.
[[nodiscard]] RequestFailure fault_of(std::string_view whom, const net::WebSocketClosed& closed);

}  // namespace offhook::inline v0::agent::azure
