#pragma once

#include <offhook/agent/tools/http/operation.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxTargetBytes = 4096;       ///< octets of a path and its query, encoded
inline constexpr std::size_t kMaxHeaderValueBytes = 1024;  ///< octets of one header value from the model

/// The part of a request that the document and the model determine. The service's address and the credentials come from the operator.
struct BoundRequest {
  std::string method;
  std::string target;  ///< "/orders/4%2F1?limit=3": visible ASCII, no `#`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;    ///< JSON text; "": none
  bool has_body = false;
};

/// Puts a model's arguments (JSON text of an object) into a request of `operation`. No value can change another part of the request: a path value is
/// a part of one segment and never "..", a query value is one value, a header value is one line. The error is the second half of a sentence for the
/// model, with its full stop. It names arguments, and never their values.
[[nodiscard]] base::Result<BoundRequest, std::string> bind_arguments(const Operation& operation, std::string_view arguments);

}  // namespace offhook::inline v0::agent::tools::http
