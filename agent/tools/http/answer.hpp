#pragma once

#include <offhook/agent/net/http_client.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxAnswerBytes = 256U << 10U;  ///< octets of a body; a longer body is not shown at all

/// The response to a request, or its error.
struct Exchanged {
  std::string method;
  int status = 0;  ///< 0: no response head arrived
  std::string content_type, body;
  std::optional<net::NetError> error;
};

/// The result of a tool call, as text for a model. `text` may contain data of the service. It may be slightly longer than kMaxResultBytes, so that
/// the tool box notices that it must cut it.
struct Answer {
  bool ok = false;
  std::string text;
  std::string why = {};  ///< the fault, for the log, without data of the service
};

/// Converts a response into an answer. The text of a failure says "nothing was done" only if this is certain: after a GET, without a connection, or
/// after a status of refusal (RFC 9110 section 15.5). Otherwise it says that the effect is unknown. Removes `secrets`, which the service may repeat.
[[nodiscard]] Answer read_answer(const Exchanged& exchanged, const std::vector<std::string_view>& secrets);

}  // namespace offhook::inline v0::agent::tools::http
