#pragma once

#include <offhook/sip/model/events.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// Returns the reason why these header fields cannot be sent, as a sentence that names the field, or nullopt. Allows at most
/// kMaxCustomHeaders fields with kMaxCustomHeaderBytes in total. Each name must be a token, and must not name a field that the stack
/// writes. A value must not contain CR, LF or NUL.
[[nodiscard]] std::optional<std::string> why_not_sent(const HeaderList& headers);

}  // namespace offhook::inline v0::sip
