#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr base::Duration kLongestRetryAfter = std::chrono::seconds(120);  ///< of a server that says when to come back

/// What went wrong, and what may be done about it. `why` is for people: numbers and names of the server's, never its sentences.
struct Fault {
  FailureKind kind = FailureKind::Network;
  std::string why;
  bool fatal = false;                          ///< it stays so until somebody acts: nobody reconnects
  bool reconnect = true;                       ///< worth a new socket at once
  std::optional<base::Duration> retry_after{};  ///< not before that
};

/// Of a socket that never opened, or that is no more. The close codes worth a reconnect are those of the official client.
[[nodiscard]] Fault fault_of(const net::WebSocketClosed& closed);
/// Of an `error` event, or of a response that failed.
[[nodiscard]] Fault fault_of(const ErrorInfo& error);
/// The hour is over; the socket is closed by the server, or is about to be.
[[nodiscard]] bool is_session_expired(const ErrorInfo& error);
/// Returns true when the server did not transcribe a turn because no words are in it.
[[nodiscard]] bool is_noise(const ErrorInfo& error);

}  // namespace offhook::inline v0::agent::openai::realtime
