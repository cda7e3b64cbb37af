#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The language of a call in which it is not fixed.
struct FollowedLanguage {
  std::vector<std::string> candidates{};   ///< BCP 47: those that the caller may speak, the likeliest first
  std::shared_ptr<std::string> heard{};    ///< which of them was heard last: of the call, on its thread; null: nobody tells

  /// BCP 47: the one that was heard last, else the likeliest; "" when nothing is known.
  [[nodiscard]] std::string now() const;
  /// A service has heard that language: it is kept as the candidate that it is, and not at all where it is none.
  void note(std::string_view bcp47) const;
};

}  // namespace offhook::inline v0::agent
