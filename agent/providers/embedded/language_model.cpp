#include <offhook/agent/providers/embedded/language_model.hpp>

#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/spoken_zero.hpp>
#include <offhook/agent/providers/embedded/words.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr double kDiscount = 0.5;
constexpr std::size_t kOrder = 3;

using Gram = std::vector<std::string>;
using GramCounts = std::map<Gram, std::uint32_t>;

/// The words that follow one history: their total count, and the number of different words.
struct Following {
  std::uint32_t total = 0;
  std::uint32_t kinds = 0;
};

class Model {
 public:
  explicit Model(const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences) {
      Gram words = {"<s>"};
      for (std::string& word : split_words(sentence)) words.push_back(std::move(word));
      words.emplace_back("</s>");
      for (std::size_t order = 1; order <= kOrder; ++order) count(words, order);
    }
    for (std::size_t order = 1; order <= kOrder; ++order) {
      for (const auto& [gram, times] : counts_[order - 1]) {
        Following& following = following_[order - 1][Gram(gram.begin(), gram.end() - 1)];
        if (gram != Gram{"<s>"}) following.total += times;
        ++following.kinds;
      }
    }
  }

  [[nodiscard]] const GramCounts& grams(std::size_t order) const { return counts_[order - 1]; }

  /// Returns the interpolated probability. The discount takes probability from the words that were seen after the history, and the
  /// lower order distributes it over all words, so that every word is possible after every history.
  [[nodiscard]] double probability(const Gram& gram) const {
    const std::size_t order = gram.size();
    if (order == 0) return 1.0 / static_cast<double>(counts_[0].size());
    const auto found = following_[order - 1].find(Gram(gram.begin(), gram.end() - 1));
    const double lower = probability(Gram(gram.begin() + 1, gram.end()));
    if (found == following_[order - 1].end() || found->second.total == 0) return lower;
    const auto times = counts_[order - 1].find(gram);
    const double seen = times == counts_[order - 1].end() ? 0 : std::max(0.0, times->second - kDiscount);
    return seen / found->second.total + backoff(Gram(gram.begin(), gram.end() - 1)) * lower;
  }

  /// Returns the probability that the discount takes from the words after `history`; 1 if no word was seen after it.
  [[nodiscard]] double backoff(const Gram& history) const {
    const auto found = following_[history.size()].find(history);
    if (found == following_[history.size()].end() || found->second.total == 0) return 1;
    return kDiscount * found->second.kinds / found->second.total;
  }

 private:
  void count(const Gram& words, std::size_t order) {
    for (std::size_t i = 0; i + order <= words.size(); ++i) {
      ++counts_[order - 1][Gram(words.begin() + static_cast<std::ptrdiff_t>(i), words.begin() + static_cast<std::ptrdiff_t>(i + order))];
    }
  }

  std::array<GramCounts, kOrder> counts_;
  std::array<std::map<Gram, Following>, kOrder> following_;
};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4f", std::log10(std::max(value, 1e-9)));
  return text.data();
}

void write_gram(std::string& arpa, const Model& model, const Gram& gram) {
  arpa += gram == Gram{"<s>"} ? "-99.0000" : number(model.probability(gram));
  for (const std::string& word : gram) arpa += ' ' + word;
  if (gram.size() < kOrder && gram.back() != "</s>") arpa += ' ' + number(model.backoff(gram));
  arpa += '\n';
}

}  // namespace

LanguageModel make_language_model(std::string_view name, const std::vector<std::string>& sentences) {
  LanguageModel result;
  result.name = name;
  const Model model(sentences);
  for (const auto& [gram, unused] : model.grams(1)) {
    if (gram.front() != "<s>" && gram.front() != "</s>") result.vocabulary.push_back(gram.front());
  }
  result.arpa = "\\data\\\n";
  for (std::size_t order = 1; order <= kOrder; ++order)
    result.arpa += "ngram " + std::to_string(order) + "=" + std::to_string(model.grams(order).size()) + "\n";
  for (std::size_t order = 1; order <= kOrder; ++order) {
    result.arpa += "\n\\" + std::to_string(order) + "-grams:\n";
    for (const auto& [gram, unused] : model.grams(order)) write_gram(result.arpa, model, gram);
  }
  result.arpa += "\n\\end\\\n";
  return result;
}

std::vector<LanguageModel> make_language_models(const Dialogue& dialogue) {
  std::vector<std::string> main, anywhere;
  for (const Intent& intent : dialogue.intents) {
    main.insert(main.end(), intent.examples.begin(), intent.examples.end());
    if (intent.anywhere) anywhere.insert(anywhere.end(), intent.examples.begin(), intent.examples.end());
  }
  // Each yes and no occurs three times: it is a more likely answer to the question than another wish.
  std::vector<std::string> yesno = anywhere, wish = main;
  for (int i = 0; i < 3; ++i) {
    for (auto* sentences : {&yesno, &wish}) sentences->insert(sentences->end(), yes_no_phrases().begin(), yes_no_phrases().end());
  }
  std::vector<std::string> digits = anywhere, corrections = yesno;
  std::ranges::move(number_phrases(), std::back_inserter(digits));
  std::ranges::move(correction_phrases(), std::back_inserter(corrections));
  if (std::ranges::find(dialogue.intents, '0', &Intent::key) != dialogue.intents.end()) {
    for (auto* sentences : {&main, &yesno, &wish}) sentences->insert(sentences->end(), zero_phrases().begin(), zero_phrases().end());
  }
  // A reply may end in "anything else?", and the caller may answer only yes or no.
  main.insert(main.end(), {"yes", "no", "yes please", "no thank you", "no thanks"});
  return {make_language_model(kExpectMain, main), make_language_model(kExpectYesNo, yesno),
          make_language_model(kExpectDigits, digits), make_language_model(kExpectCorrection, corrections),
          make_language_model(kExpectWish, wish)};
}

std::string cut_dictionary(std::string_view dictionary, const std::vector<LanguageModel>& models,
                           const std::map<std::string, std::string, std::less<>>& extra, std::vector<std::string>& missing) {
  std::set<std::string, std::less<>> wanted, found;
  for (const LanguageModel& model : models) wanted.insert(model.vocabulary.begin(), model.vocabulary.end());
  std::string cut;
  for (const auto& [word, phones] : extra) {
    if (wanted.contains(word)) cut += word + ' ' + phones + '\n';
    found.insert(word);
  }
  while (!dictionary.empty()) {
    const auto line = dictionary.substr(0, dictionary.find('\n'));
    dictionary.remove_prefix(std::min(line.size() + 1, dictionary.size()));
    const auto word = line.substr(0, line.find_first_of(" \t("));
    if (!wanted.contains(word) || extra.contains(word)) continue;
    cut += std::string(line) + '\n';
    if (!found.contains(word)) found.insert(std::string(word));
  }
  for (const std::string& word : wanted) {
    if (!found.contains(word)) missing.push_back(word);
  }
  return cut;
}

}  // namespace offhook::inline v0::agent::embedded
