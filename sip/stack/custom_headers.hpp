#pragma once

#include <offhook/sip/stack/events.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// Why these header fields cannot be sent, as a sentence that names the field; nothing when they can: at most kMaxCustomHeaders
/// of kMaxCustomHeaderBytes, each name a token and none that the stack writes itself, no CR, LF or NUL in a value.
[[nodiscard]] std::optional<std::string> why_not_sent(const HeaderList& headers);

}  // namespace offhook::inline v0::sip
