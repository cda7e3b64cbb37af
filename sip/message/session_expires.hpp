#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// Holds `1800;refresher=uac`: RFC 4028 section 4.
struct SessionExpires {
  enum class Refresher : std::uint8_t { Unsaid, Uac, Uas };
  std::uint32_t seconds = 0;
  Refresher refresher = Refresher::Unsaid;  ///< Unsaid also for a value other than "uac" and "uas"
};

/// Parses a Session-Expires value. Errors: BadNumber (not a number, or over 32 bits), BadParameter.
[[nodiscard]] base::Result<SessionExpires, ParseError> parse_session_expires(std::string_view value);

}  // namespace offhook::inline v0::sip
