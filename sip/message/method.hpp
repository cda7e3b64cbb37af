#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

enum class Method : std::uint8_t { Invite, Ack, Bye, Cancel, Options, Register, Prack, Update, Info, Refer, Notify, Subscribe, Message, Publish, Other };

/// Parses a method; the case matters (RFC 3261 section 7.1). Returns Other for unknown tokens; the message keeps their text.
[[nodiscard]] Method parse_method(std::string_view token);
/// Returns the name, such as "INVITE"; "" for Other.
[[nodiscard]] std::string_view to_string(Method method);

}  // namespace offhook::inline v0::sip
