#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

/// "${NAME}", "${file:PATH}" or "${credential:NAME}", which is what systemd was told to give us (systemd.exec(5), LoadCredential=): a
/// value that stands elsewhere.
struct Reference {
  enum class To : std::uint8_t { Variable, File, Credential };
  To to{};
  std::string_view name;  ///< borrows from the text
};

/// True when all of `text` is between "${" and "}".
[[nodiscard]] bool is_reference(std::string_view text);
/// The reference that such a text is; nothing when what is between the braces is neither.
[[nodiscard]] std::optional<Reference> parse_reference(std::string_view text);

/// What a reference stands for. Of a file, one line break at the end does not count.
struct Resolved {
  std::string text;
  std::optional<std::string> warning;
};
[[nodiscard]] base::Result<Resolved, Complaint> resolve(std::string_view text, const Sources& sources);

}  // namespace offhook::inline v0::agent::config
