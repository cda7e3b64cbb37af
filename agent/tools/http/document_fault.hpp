#pragma once

#include <offhook/base/result.hpp>

#include <string>

namespace offhook::inline v0::agent::tools::http {

/// A fault of an OpenAPI document, and its place.
struct DocumentFault {
  std::string pointer;  ///< JSON pointer (RFC 6901); "": the whole document
  std::string what;     ///< second half of a sentence, without its full stop
};
/// Returns "/paths/~1orders/get: ..."
[[nodiscard]] inline std::string to_string(const DocumentFault& fault) {
  return (fault.pointer.empty() ? std::string("the document") : fault.pointer) + ": " + fault.what;
}

template <class T>
using Read = base::Result<T, DocumentFault>;

}  // namespace offhook::inline v0::agent::tools::http
