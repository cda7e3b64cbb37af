#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::agent::embedded {

struct IntentMatch {
  const Intent* intent = nullptr;  ///< borrows from the matcher's dialogue; null if no example shares a feature with the text
  double score = 0;                ///< cosine, 0..1
};

/// Finds the intent that a sentence resembles most. The score is the tf-idf cosine against every example, over stemmed words, word
/// pairs and 4-letter pieces of words. A feature of the sentence that no example has lowers the score, so that unrelated sentences
/// have low scores.
class IntentMatcher {
 public:
  /// Borrows `dialogue`, which must outlive the matcher.
  explicit IntentMatcher(const Dialogue& dialogue);

  [[nodiscard]] IntentMatch match(std::string_view text) const;
  /// Does the same, but only for the intents with `anywhere`. Use it inside a form.
  [[nodiscard]] IntentMatch match_anywhere(std::string_view text) const;

 private:
  using Features = std::unordered_map<std::string, double>;
  struct Example {
    const Intent* intent;
    Features weights;  // normalised to length 1
  };
  [[nodiscard]] Features weigh(std::string_view text) const;
  [[nodiscard]] IntentMatch nearest(std::string_view text, bool anywhere_only) const;

  std::vector<Example> examples_;
  std::unordered_map<std::string, std::size_t> documents_;  // number of examples that contain a feature
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::agent::embedded
