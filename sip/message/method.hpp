#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

enum class Method : std::uint8_t { Invite, Ack, Bye, Cancel, Options, Register, Prack, Update, Info, Refer, Notify, Subscribe, Message, Publish, Other };

/// Methods are case-sensitive (RFC 3261 section 7.1). Unknown tokens are Other; the text stays with the message.
[[nodiscard]] Method parse_method(std::string_view token);
/// "INVITE", ...; "" for Other.
[[nodiscard]] std::string_view to_string(Method method);

}  // namespace offhook::inline v0::sip
