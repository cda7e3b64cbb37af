#pragma once

#include <offhook/agent/config/json_tree.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Why a value does not fit its setting. Quotes it only if it is harmless (harmless_value.hpp).
struct Complaint {
  std::string found, allowed, advice;
};

using Checked = base::Result<JsonValue, Complaint>;
/// Returns the error that `setting` does not take the value `found`, with `advice`.
[[nodiscard]] Checked refuse(const Setting& setting, std::string found, std::string advice);

/// What the setting takes, in words: "a whole number from 1 to 65535".
[[nodiscard]] std::string allowed_for(const Setting& setting);

/// What all texts have in common: UTF-8, the setting's bounds, no control characters.
[[nodiscard]] std::optional<Complaint> complain_of_text(const Setting& setting, const JsonValue& value);
/// "did you mean" one of `known`, also where only its beginning was written, or `otherwise`.
[[nodiscard]] std::string advise(const std::vector<std::string>& known, std::string_view written, std::string otherwise);

/// The value as it is taken over: an address in its usual spelling, all else as it was. Of compound settings only the kind.
[[nodiscard]] base::Result<JsonValue, Complaint> check(const Setting& setting, const JsonValue& value);

/// What text means for `setting` where there is no JSON, in a variable or on the command line: numbers need no quotes, choices and
/// flags (true, yes, on, 1 and their opposites) no exact case, and commas make a list.
[[nodiscard]] JsonValue value_of_text(const Setting& setting, std::string_view text);

/// HOST or HOST:PORT, as ASTERISK_HOST has it.
struct HostAndPort {
  std::string_view host;      ///< borrows from the text
  std::uint16_t port = 0;     ///< 0: none was written
};
[[nodiscard]] base::Result<HostAndPort, Complaint> split_host(std::string_view text);

}  // namespace offhook::inline v0::agent::config
