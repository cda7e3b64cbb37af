#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The parts of a server's error that may be shown: names, and no sentences, which may quote the request or a key. A name that has more
/// than kMaxErrorName characters, or others than [A-Za-z0-9_.-], or that looks like a key, is "".
struct ErrorNames {
  static constexpr std::size_t kMaxErrorName = 64;
  std::string type, code, param;
  [[nodiscard]] std::string to_string() const;  ///< " (type, code, param)"; "" if all are empty
};
/// Parses the names in `{"error":{...}}`, and in the error formats of compatible servers.
[[nodiscard]] ErrorNames parse_error_names(std::string_view body);

/// The reason why a request failed. `retry_in`: the wait before a retry that may help; nullopt if no retry helps.
struct RequestFailure {
  FailureKind kind{};
  std::string why;
  std::optional<base::Duration> retry_in{};
};

inline constexpr std::size_t kMaxErrorBody = 16U << 10U;                      ///< octets of an error's body that are parsed
inline constexpr base::Duration kLongestRetry = std::chrono::seconds(1);  ///< longest wait before a retry, because the caller waits
inline constexpr base::Duration kServerRetry = std::chrono::milliseconds(250);
inline constexpr base::Duration kNetworkRetry = std::chrono::milliseconds(50);

/// Returns the kind of a failure. `status` is the HTTP status; 0 if the error came within an answer that began with a 2xx status.
[[nodiscard]] FailureKind kind_of(int status, const ErrorNames& error);
/// Describes the failure of a request whose answer has a status other than 2xx. `whom` is the service's name in the sentence: "the chat
/// server".
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::HttpHead& head, std::string_view body);
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::NetError& error);

}  // namespace offhook::inline v0::agent
