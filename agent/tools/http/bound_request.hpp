#pragma once

#include <offhook/agent/tools/http/operation.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxTargetBytes = 4096;       ///< of a path and its query, encoded
inline constexpr std::size_t kMaxHeaderValueBytes = 1024;  ///< of one header that a model gives

/// A request as far as the document and the model say what it is: where its service runs, and who asks, is neither's.
struct BoundRequest {
  std::string method;
  std::string target;  ///< "/orders/4%2F1?limit=3": visible ASCII, no `#`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;    ///< JSON text; "": none
  bool has_body = false;
};

/// Puts a model's arguments (JSON text of an object) into a request of `operation`. No value leaves its place: in a path it is one
/// piece of one segment, and never a step up; in a query one value; in a header one line. Errors: the second half of a sentence
/// for the model, with its full stop; it names arguments, and never what was in them.
[[nodiscard]] base::Result<BoundRequest, std::string> bind_arguments(const Operation& operation, std::string_view arguments);

}  // namespace offhook::inline v0::agent::tools::http
