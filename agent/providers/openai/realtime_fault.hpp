#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr base::Duration kLongestRetryAfter = std::chrono::seconds(120);  ///< longest wait that a server can require

/// A failure and the possible reactions to it. `why` contains numbers and names of the server, never its sentences.
struct Fault {
  FailureKind kind = FailureKind::Network;
  std::string why;
  bool fatal = false;                          ///< only the operator can repair it, so there is no reconnection
  bool reconnect = true;                       ///< a new socket may help at once
  std::optional<base::Duration> retry_after{};  ///< earliest time of a reconnection, counted from now
};

/// Returns the fault of a socket that did not open, or that closed. Allows a reconnection after the same close codes as the
/// official client.
[[nodiscard]] Fault fault_of(const net::WebSocketClosed& closed);
/// Returns the fault of an `error` event, or of a response that failed.
[[nodiscard]] Fault fault_of(const ErrorInfo& error);
/// Returns true if the session has reached its maximum age: the server has closed the socket, or is about to.
[[nodiscard]] bool is_session_expired(const ErrorInfo& error);
/// Returns true if the server did not transcribe a turn because it contains no words.
[[nodiscard]] bool is_noise(const ErrorInfo& error);

}  // namespace offhook::inline v0::agent::openai::realtime
