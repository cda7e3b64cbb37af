#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::base {

/// A failure as layers 3 to 5 report it: the module that failed, its code, and one sentence that names the thing and the remedy.
/// Layers 0 to 2 return small enums instead and never allocate for an error.
struct Error {
  std::string_view domain;  ///< static text: "sip", "media", "config", ...
  int code = 0;             ///< value of the domain's own enum
  std::string detail;
};

}  // namespace offhook::inline v0::base
