#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The language of a call whose profile fixes no language.
struct FollowedLanguage {
  std::vector<std::string> candidates{};   ///< BCP 47: languages that the caller may speak, the most likely first
  std::shared_ptr<std::string> heard{};    ///< the candidate that was detected last, which all parts of the call share; null: no part detects languages

  /// Returns the language (BCP 47) that was detected last. If none was detected, returns the most likely candidate; "" if there are no candidates.
  [[nodiscard]] std::string now() const;
  /// Stores the language that a service detected, in the candidate's spelling. Ignores a language that is not a candidate.
  void note(std::string_view bcp47) const;
};

}  // namespace offhook::inline v0::agent
