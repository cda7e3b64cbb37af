#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr base::Duration kLongestRetryAfter = std::chrono::seconds(120);  ///< a longer wait that a server requires is shortened to this

/// A failure and the possible reactions to it. `why` contains numbers and names of the server, never its sentences.
struct Fault {
  FailureKind kind = FailureKind::Network;
  std::string why;
  bool fatal = false;                          ///< true: only the operator can repair it, so do not reconnect
  bool reconnect = true;                       ///< true: a new socket may help at once
  std::optional<base::Duration> retry_after{};  ///< wait before a reconnection that the server requires; nullopt: none
};

/// Returns the fault of a socket that did not open, or that closed. It allows a reconnection after the same close codes as the
/// official client.
[[nodiscard]] Fault fault_of(const net::WebSocketClosed& closed);
/// Returns the fault of an `error` event, or of a response that failed.
[[nodiscard]] Fault fault_of(const ErrorInfo& error);
/// Returns true if the error means that the session has reached its maximum age: the server closes the socket.
[[nodiscard]] bool is_session_expired(const ErrorInfo& error);
/// Returns true if the error means that the server found no words in a turn, and therefore did not transcribe it.
[[nodiscard]] bool is_noise(const ErrorInfo& error);

}  // namespace offhook::inline v0::agent::openai::realtime
