#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

/// A reference to a value outside the configuration: "${NAME}", "${file:PATH}" or "${credential:NAME}". systemd provides credentials
/// (systemd.exec(5), LoadCredential=).
struct Reference {
  enum class To : std::uint8_t { Variable, File, Credential };
  To to{};
  std::string_view name;  ///< borrows from the text
};

/// Returns true when `text` begins with "${" and ends with "}".
[[nodiscard]] bool is_reference(std::string_view text);
/// Parses a reference. Returns nullopt when the text between the braces has none of the three forms.
[[nodiscard]] std::optional<Reference> parse_reference(std::string_view text);

/// The value of a reference. One line break at the end of a file is not part of the value.
struct Resolved {
  std::string text;
  std::optional<std::string> warning;
};
[[nodiscard]] base::Result<Resolved, Complaint> resolve(std::string_view text, const Sources& sources);

}  // namespace offhook::inline v0::agent::config
