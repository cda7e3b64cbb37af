#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/phone/phone_event.hpp>
#include <offhook/agent/tools/mcp/server.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>

#include <string_view>

namespace offhook::inline v0::agent {

/// Writes log lines about services that all calls share: providers by name ("NAME/realtime"), tool servers, and refused strangers. CallLog
/// writes the lines of one call.
void log_tool_server(const tools::mcp::ServerEvent& event);
void log_pause(std::string_view service, FailureKind kind, base::Duration pause);
void log_return(std::string_view service);
void log_stranger(const sip::StrangerRefused& event);
void log_nat_server(const phone::NatServerFailed& event);

}  // namespace offhook::inline v0::agent
