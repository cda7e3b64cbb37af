#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

/// Appends `text` as a JSON string, in quotes: RFC 8259 section 7. What is no UTF-8 becomes U+FFFD, so that no text of a caller, a
/// file or a tool makes a server close the socket (RFC 6455 section 8.1).
void append_json_text(std::string& out, std::string_view text);

/// The first `most` octets of `text`, or up to three less: never within a character.
[[nodiscard]] std::string_view cut_text(std::string_view text, std::size_t most);

}  // namespace offhook::inline v0::agent::openai
