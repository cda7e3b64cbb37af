#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::agent::embedded {

struct IntentMatch {
  const Intent* intent = nullptr;  ///< borrows from the matcher's dialogue; null when nothing has anything in common
  double score = 0;                ///< cosine, 0..1
};

/// Which intent a sentence is nearest to: tf-idf cosine against every example, over stemmed words, word pairs and 4-letter
/// pieces of words. Features that no example has count against the sentence, so that foreign talk scores low.
class IntentMatcher {
 public:
  /// `dialogue` is borrowed and must outlive the matcher.
  explicit IntentMatcher(const Dialogue& dialogue);

  [[nodiscard]] IntentMatch match(std::string_view text) const;
  /// Among the intents that are understood anywhere, for the inside of a form.
  [[nodiscard]] IntentMatch match_anywhere(std::string_view text) const;

 private:
  using Features = std::unordered_map<std::string, double>;
  struct Example {
    const Intent* intent;
    Features weights;  // Of length 1.
  };
  [[nodiscard]] Features weigh(std::string_view text) const;
  [[nodiscard]] IntentMatch nearest(std::string_view text, bool anywhere_only) const;

  std::vector<Example> examples_;
  std::unordered_map<std::string, std::size_t> documents_;  // In how many examples a feature is.
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::agent::embedded
