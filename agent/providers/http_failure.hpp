#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// What a server says of its error, as far as it may be shown: names of its own, never its sentences, which may quote what was
/// asked, or a key. Each is at most kMaxErrorName of [A-Za-z0-9_.-] that looks like no key, else "".
struct ErrorNames {
  static constexpr std::size_t kMaxErrorName = 64;
  std::string type, code, param;
  [[nodiscard]] std::string to_string() const;  ///< " (type, code, param)"; "" when there is nothing to say
};
/// Of `{"error":{...}}`, and of the shapes of compatible servers.
[[nodiscard]] ErrorNames parse_error_names(std::string_view body);

/// Why a request came to nothing. `retry_in`: asking the same again so much later may help.
struct RequestFailure {
  FailureKind kind{};
  std::string why;
  std::optional<base::Duration> retry_in;
};

inline constexpr std::size_t kMaxErrorBody = 16U << 10U;                      ///< octets of an error's body that are looked at
inline constexpr base::Duration kLongestRetry = std::chrono::seconds(1);  ///< a caller is waiting: what takes longer is not tried
inline constexpr base::Duration kServerRetry = std::chrono::milliseconds(250);
inline constexpr base::Duration kNetworkRetry = std::chrono::milliseconds(50);

/// `status` 0: the error came within an answer that had begun well.
[[nodiscard]] FailureKind kind_of(int status, const ErrorNames& error);
/// Of an answer other than 2xx. `whom` is for people: "the chat server".
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::HttpHead& head, std::string_view body);
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::NetError& error);

}  // namespace offhook::inline v0::agent
