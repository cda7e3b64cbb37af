#pragma once

#include <string>
#include <utility>

namespace offhook::inline v0::agent {

/// Text that must not be shown: no operator<< and no formatter prints it. Call reveal() only where a protocol needs the text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

/// Returns the text that logs and printed configurations show instead.
[[nodiscard]] inline std::string to_string(const Secret& secret) { return secret.empty() ? "" : "***"; }

}  // namespace offhook::inline v0::agent
