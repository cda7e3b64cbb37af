#include <offhook/agent/app/service_log.hpp>

#include <offhook/agent/support/log.hpp>

#include <chrono>

namespace offhook::inline v0::agent {

void log_tool_server(const tools::mcp::ServerEvent& event) {
  using What = tools::mcp::ServerEvent::What;
  const bool warns = event.what == What::Broken || event.what == What::ToolRefused;
  (warns ? log::warning : log::info)("tools.server", {{"server", event.server}, {"what", to_string(event.what)}, {"tool", event.tool}, {"detail", event.detail}});
}

void log_pause(std::string_view service, FailureKind kind, base::Duration pause) {
  log::warning("provider.paused", {{"service", service}, {"why", to_string(kind)}, {"seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()}});
}

void log_return(std::string_view service) { log::info("provider.back", {{"service", service}}); }

void log_nat_server(const phone::NatServerFailed& event) {
  log::warning("nat.server_failed", {{"server", event.uri}, {"why", event.reason},
                                     {"next", "calls do without it for a minute, and then try it again: check /nat/servers, and whether UDP passes to the server"}});
}

void log_stranger(const sip::StrangerRefused& event) {
  log::warning("calls.refused", {{"source", event.source.to_string()}, {"status", 403}, {"so_far", event.so_far},
                                 {"advice", "Offhook accepts only calls from the registrar: set /sip/accept_from to \"anyone\" to accept all calls"}});
}

}  // namespace offhook::inline v0::agent
