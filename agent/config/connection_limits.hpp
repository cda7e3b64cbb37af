#pragma once

#include <offhook/agent/config/nested.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

namespace offhook::inline v0::agent::config {

/// Returns the limits of /sip/connections, and the default for each limit that is absent.
[[nodiscard]] sip::ConnectionLimits connection_limits(const JsonValue& connections);

}  // namespace offhook::inline v0::agent::config
