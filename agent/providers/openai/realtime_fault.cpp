#include <offhook/agent/providers/openai/realtime_fault.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

constexpr std::array<std::string_view, 4> kFatal{"insufficient_quota", "invalid_api_key", "account_deactivated", "billing_hard_limit_reached"};

bool names_fatal(std::string_view text) {
  return std::any_of(kFatal.begin(), kFatal.end(), [text](std::string_view code) { return text.find(code) != std::string_view::npos; });
}

/// Returns `text` if it is a name, and "" if it may be a sentence.
std::string_view name_of(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto is_named = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '.' || c == '-'; };
  return text.size() <= kLongest && std::all_of(text.begin(), text.end(), is_named) ? text : std::string_view{};
}

/// Parses a Retry-After in seconds. No server of this protocol uses the form with a date.
std::optional<base::Duration> parse_retry_after(std::string_view text) {
  const auto seconds = base::parse_number<std::uint32_t>(base::trim(text));
  if (!seconds) return std::nullopt;
  return std::min<base::Duration>(std::chrono::seconds(*seconds), kLongestRetryAfter);
}

Fault of_status(const net::WebSocketClosed& closed) {
  Fault fault{FailureKind::Protocol, "the realtime server answered " + std::to_string(closed.status), true, false};
  switch (closed.status) {
    case 401:
    case 403: fault.kind = FailureKind::Auth; return fault;
    case 429:
      fault = {FailureKind::RateLimited, fault.why, false, false, parse_retry_after(closed.retry_after)};
      return fault;
    default: break;
  }
  if (closed.status == 408 || closed.status == 409 || closed.status >= 500)
    return {FailureKind::Overloaded, fault.why, false, true, parse_retry_after(closed.retry_after)};
  return fault;  // For example, the model or the address does not exist, so a retry does not help.
}

Fault of_net_error(const net::NetError& error) {
  using What = net::NetError::What;
  const auto network = [](std::string why) { return Fault{FailureKind::Network, std::move(why)}; };
  switch (error.what) {
    case What::Refused: return network("the realtime server refused the connection");
    case What::NotFound: return network("the realtime server's name was not found");
    case What::Timeout: return {FailureKind::Timeout, "the realtime server did not answer in time"};
    case What::Tls: return network("no TLS connection to the realtime server");
    case What::Closed: return network("the connection to the realtime server broke");
    case What::TooLarge: return {FailureKind::Protocol, "the realtime server sent a message that is too large"};
    case What::Protocol: return {FailureKind::Protocol, "the realtime server does not speak the WebSocket protocol"};
    case What::Local: return {FailureKind::Local, "this machine cannot open a socket to the realtime server"};
  }
  return network("the connection to the realtime server broke");
}

bool is_worth_a_reconnect(int code) {
  constexpr std::array kCodes{1001, 1005, 1006, 1011, 1012, 1013, 1015};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace

Fault fault_of(const net::WebSocketClosed& closed) {
  if (closed.status != 0) return of_status(closed);
  if (names_fatal(closed.reason)) return {FailureKind::Auth, "the realtime server closed the session because of the key or the account", true, false};
  if (closed.error && (closed.code == 0 || closed.code == 1006)) return of_net_error(*closed.error);
  return {FailureKind::Network, "the realtime server closed the session with " + std::to_string(closed.code), false,
          is_worth_a_reconnect(closed.code)};
}

Fault fault_of(const ErrorInfo& error) {
  const std::string_view name = name_of(!error.code.empty() ? error.code : error.type);
  Fault fault{FailureKind::Protocol, "the realtime server reports: " + std::string(name.empty() ? "error" : name), false, false};
  if (const std::string_view param = name_of(error.param); !param.empty()) fault.why += " (" + std::string(param) + ")";
  if (names_fatal(error.code) || names_fatal(error.type)) {
    fault.kind = FailureKind::Auth;
    fault.fatal = true;
  } else if (error.code.find("rate_limit") != std::string_view::npos || error.type.find("rate_limit") != std::string_view::npos) {
    fault.kind = FailureKind::RateLimited;
  } else if (is_session_expired(error)) {
    fault.kind = FailureKind::Network;
    fault.reconnect = true;
  } else if (error.type != "invalid_request_error") {
    fault.kind = FailureKind::Overloaded;  // server_error, or an error without type
  }
  return fault;
}

bool is_session_expired(const ErrorInfo& error) { return error.code == "session_expired"; }

bool is_noise(const ErrorInfo& error) { return error.code == "audio_unintelligible"; }

}  // namespace offhook::inline v0::agent::openai::realtime
