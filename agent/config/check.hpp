#pragma once

#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/support/json_tree.hpp>
#include <offhook/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::config {

using Checked = base::Result<JsonValue, Complaint>;
/// Returns an error: `setting` does not accept the value that `found` describes. `advice` says what to do.
[[nodiscard]] Checked refuse(const Setting& setting, std::string found, std::string advice);

/// Returns the values that the setting accepts, in words: "a whole number from 1 to 65535".
[[nodiscard]] std::string allowed_for(const Setting& setting);

/// Checks the rules for all texts: UTF-8, the setting's bounds, no control characters. Returns nullopt when the text is valid.
[[nodiscard]] std::optional<Complaint> complain_of_text(const Setting& setting, const JsonValue& value);
/// Returns "did you mean NAME?" if a name of `known` is similar to `written`, or begins with it. Otherwise returns `otherwise`.
[[nodiscard]] std::string advise(const std::vector<std::string>& known, std::string_view written, std::string otherwise);

/// Returns the value to store: an address in its usual spelling, any other value unchanged. For compound settings, checks only the kind of the value.
[[nodiscard]] base::Result<JsonValue, Complaint> check(const Setting& setting, const JsonValue& value);

/// Converts text from a variable or the command line, which is not JSON. Numbers need no quotes, and commas make a list. Case does not
/// matter for choices and flags (true, yes, on, 1 and their opposites).
[[nodiscard]] JsonValue value_of_text(const Setting& setting, std::string_view text);

/// The parts of a text HOST or HOST:PORT, such as the value of ASTERISK_HOST.
struct HostAndPort {
  std::string_view host;      ///< borrows from the text
  std::uint16_t port = 0;     ///< 0: the text has no port
};
[[nodiscard]] base::Result<HostAndPort, Complaint> split_host(std::string_view text);

}  // namespace offhook::inline v0::agent::config
