#pragma once

#include <offhook/agent/net/http_client.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxAnswerBytes = 256U << 10U;  ///< of a body; of one that is longer nothing is shown

/// How a request ended.
struct Exchanged {
  std::string method;
  int status = 0;  ///< 0: no head came
  std::string content_type, body;
  std::optional<net::NetError> error;
};

/// What came of a call, as text for a model. `text` may hold what the service wrote: data. Cut a little beyond kMaxResultBytes, so
/// that the tool box says so.
struct Answer {
  bool ok = false;
  std::string text;
  std::string why = {};  ///< of a failure, for the log: without what the service wrote
};

/// It says that nothing was done only where that is certain: a GET, a connection that never was, a status by which a server
/// refuses (RFC 9110 section 15.5). Where it is not, it says so. `secrets` are in no text, whoever echoes them.
[[nodiscard]] Answer read_answer(const Exchanged& exchanged, const std::vector<std::string_view>& secrets);

}  // namespace offhook::inline v0::agent::tools::http
