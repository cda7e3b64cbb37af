#pragma once

#include <offhook/base/result.hpp>

#include <string>

namespace offhook::inline v0::agent::tools::http {

/// What is wrong with an OpenAPI document, and where.
struct DocumentFault {
  std::string pointer;  ///< JSON pointer (RFC 6901); "": all of it
  std::string what;     ///< the second half of a sentence, without its full stop
};
/// "/paths/~1orders/get: ..."
[[nodiscard]] inline std::string to_string(const DocumentFault& fault) {
  return (fault.pointer.empty() ? std::string("the document") : fault.pointer) + ": " + fault.what;
}

template <class T>
using Read = base::Result<T, DocumentFault>;

}  // namespace offhook::inline v0::agent::tools::http
