#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <offhook/agent/providers/embedded/words.hpp>

#include <cmath>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

using FeatureWeights = std::unordered_map<std::string, double>;

/// Returns the features of a text. "open today": words w:open w:today, the pair p:open_today, pieces c:_ope c:open c:pen_ ...
FeatureWeights features_of(std::string_view text) {
  constexpr std::size_t kPiece = 4;
  constexpr double kPairWeight = 0.7;   // Less than a word, because pairs such as "how can" begin questions of all kinds.
  constexpr double kPieceWeight = 0.5;  // A word has several pieces, which together should count about as much as the word.
  FeatureWeights counts;
  std::string previous = "^";
  for (const std::string& word : split_words(text)) {
    const std::string root = stem(word);
    counts["w:" + root] += 1;
    counts["p:" + previous + '_' + root] += kPairWeight;
    const std::string padded = '_' + root + '_';
    for (std::size_t i = 0; i + kPiece <= padded.size(); ++i) counts["c:" + padded.substr(i, kPiece)] += kPieceWeight;
    previous = root;
  }
  return counts;
}

}  // namespace

IntentMatcher::IntentMatcher(const Dialogue& dialogue) {
  for (const Intent& intent : dialogue.intents) {
    for (const std::string& example : intent.examples) {
      ++count_;
      for (const auto& [feature, unused] : features_of(example)) ++documents_[feature];
    }
  }
  for (const Intent& intent : dialogue.intents) {
    for (const std::string& example : intent.examples) examples_.push_back({&intent, weigh(example)});
  }
}

IntentMatcher::Features IntentMatcher::weigh(std::string_view text) const {
  Features weights = features_of(text);
  double square = 0;
  for (auto& [feature, weight] : weights) {
    const auto found = documents_.find(feature);
    const double documents = found == documents_.end() ? 0 : static_cast<double>(found->second);
    weight *= 1 + std::log(static_cast<double>(count_ + 1) / (documents + 1));
    square += weight * weight;
  }
  for (auto& [unused, weight] : weights) weight /= std::sqrt(square);
  return weights;
}

IntentMatch IntentMatcher::match(std::string_view text) const { return nearest(text, false); }
IntentMatch IntentMatcher::match_anywhere(std::string_view text) const { return nearest(text, true); }

IntentMatch IntentMatcher::nearest(std::string_view text, bool anywhere_only) const {
  const Features weights = weigh(text);
  IntentMatch best;
  for (const Example& example : examples_) {
    if (anywhere_only && !example.intent->anywhere) continue;
    double cosine = 0;
    for (const auto& [feature, weight] : weights) {
      const auto found = example.weights.find(feature);
      if (found != example.weights.end()) cosine += weight * found->second;
    }
    if (cosine > best.score) best = {example.intent, cosine};
  }
  return best;
}

}  // namespace offhook::inline v0::agent::embedded
