#pragma once

#include <offhook/agent/config/nested.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

namespace offhook::inline v0::agent::config {

/// What /sip/connections says, and the usual limits where it says nothing.
[[nodiscard]] sip::ConnectionLimits connection_limits(const JsonValue& connections);

}  // namespace offhook::inline v0::agent::config
