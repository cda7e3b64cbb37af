#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::base {

/// A failure as floors 3 to 5 report it: who failed, with which code, and one sentence that names the thing and what to do.
/// Floors 0 to 2 return small enums instead and never allocate for an error.
struct Error {
  std::string_view domain;  ///< Static text: "sip", "media", "config", ...
  int code = 0;             ///< The domain's own enum.
  std::string detail;
};

}  // namespace offhook::inline v0::base
