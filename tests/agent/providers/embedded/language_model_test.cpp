#include <offhook/agent/providers/embedded/language_model.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace offhook::agent::embedded;

namespace {

struct Arpa {
  std::map<std::size_t, std::size_t> announced, found;
  std::map<std::string, double> probability, backoff;  // the key is the words of an n-gram
  bool ended = false;
};

Arpa read_arpa(const std::string& text) {
  Arpa arpa;
  std::istringstream lines(text);
  std::string line;
  std::size_t order = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("ngram ")) arpa.announced[static_cast<std::size_t>(line[6] - '0')] = std::stoul(line.substr(8));
    else if (line.ends_with("-grams:")) order = static_cast<std::size_t>(line[1] - '0');
    else if (line == "\\end\\") arpa.ended = true;
    else if (!line.empty() && line[0] != '\\') {
      std::istringstream fields(line);
      double probability = 0, backoff = 0;
      std::string words, word;
      fields >> probability;
      for (std::size_t i = 0; i < order; ++i) words += ((fields >> word, i == 0) ? "" : " ") + word;
      ++arpa.found[order];
      arpa.probability[words] = std::pow(10, probability);
      if (fields >> backoff) arpa.backoff[words] = std::pow(10, backoff);
    }
  }
  return arpa;
}

double probability(const Arpa& arpa, const std::string& history, const std::string& word) {
  const auto words = history.empty() ? word : history + ' ' + word;
  if (const auto found = arpa.probability.find(words); found != arpa.probability.end()) return found->second;
  if (history.empty()) return 0;
  const auto space = history.find(' ');
  const auto weight = arpa.backoff.find(history);
  return (weight == arpa.backoff.end() ? 1 : weight->second) *
         probability(arpa, space == std::string::npos ? "" : history.substr(space + 1), word);
}

}  // namespace

TEST_CASE("make_language_model writes well-formed ARPA with correct counts, and with probabilities that sum to 1 for each history") {
  const auto model = make_language_model("m", {"when are you open", "are you open on sunday", "where are you", "open"});
  CHECK(model.vocabulary == std::vector<std::string>{"are", "on", "open", "sunday", "when", "where", "you"});
  const auto arpa = read_arpa(model.arpa);
  CHECK(arpa.ended);
  CHECK(arpa.announced.size() == 3);
  CHECK(arpa.announced == arpa.found);
  for (const std::string history : {"", "<s>", "you", "are you", "you open", "<s> when", "sunday"}) {
    double sum = probability(arpa, history, "</s>");
    for (const std::string& word : model.vocabulary) sum += probability(arpa, history, word);
    CAPTURE(history);
    CHECK(sum > 0.98);
    CHECK(sum < 1.02);
  }
  CHECK(probability(arpa, "are you", "open") > 5 * probability(arpa, "are you", "sunday"));
}

TEST_CASE("make_language_model writes a valid model for an empty list of phrases") {
  const auto model = make_language_model("empty", {});
  CHECK(model.vocabulary.empty());
  CHECK(read_arpa(model.arpa).ended);
}

TEST_CASE("make_language_models makes models for wishes, yes or no, digits, corrections, and an unclear wish, each with the `anywhere` intents") {
  const auto dialogue = load_dialogue("share/dialogues/receptionist.json");
  REQUIRE(dialogue);
  const auto models = make_language_models(*dialogue);
  REQUIRE(models.size() == 5);
  const auto knows = [](const LanguageModel& model, const std::string& word) {
    return std::ranges::find(model.vocabulary, word) != model.vocabulary.end();
  };
  CHECK(models[0].name == kExpectMain);
  CHECK(knows(models[0], "saturday"));
  CHECK_FALSE(knows(models[0], "seven"));
  CHECK(models[1].name == kExpectYesNo);
  CHECK(models[2].name == kExpectDigits);
  for (const std::string digit : {"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double"})
    CHECK(knows(models[2], digit));
  CHECK(models[3].name == kExpectCorrection);
  for (const std::string word : {"yes", "nope", "seven", "sorry"}) CHECK(knows(models[3], word));
  CHECK(models[4].name == kExpectWish);
  for (const std::string word : {"yes", "nope", "saturday"}) CHECK(knows(models[4], word));
  for (const std::size_t i : {0, 1, 4}) CHECK(knows(models[i], "zero"));  // "zero" is the spoken form of key 0, which leads to a person.
  for (const auto& model : models) CHECK(knows(model, "operator"));
}

TEST_CASE("If no intent has key 0, the models for wishes, yes or no, and an unclear wish do not contain \"zero\"") {
  auto dialogue = load_dialogue("share/dialogues/receptionist.json");
  REQUIRE(dialogue);
  for (auto& intent : dialogue->intents) {
    if (intent.key == '0') intent.key = '7';
  }
  const auto models = make_language_models(*dialogue);
  for (const std::size_t i : {0, 1, 4}) CHECK(std::ranges::find(models[i].vocabulary, "zero") == models[i].vocabulary.end());
}

TEST_CASE("cut_dictionary keeps the needed words with all their variants, and returns the missing words") {
  const std::vector<LanguageModel> models = {make_language_model("m", {"open the blorptastic zyx door"})};
  std::vector<std::string> missing;
  const auto cut = cut_dictionary("door D AO R\nopen OW P AH N\nopens OW P AH N Z\nthe DH AH\nthe(2) DH IY\nthem DH EH M\nzyx Z",
                                  models, {{"zyx", "Z IH K S"}, {"other", "AH"}}, missing);
  CHECK(cut == "zyx Z IH K S\ndoor D AO R\nopen OW P AH N\nthe DH AH\nthe(2) DH IY\n");
  CHECK(missing == std::vector<std::string>{"blorptastic"});
}

TEST_CASE("If a file of the acoustic model is missing, the error names the Debian package") {
  const auto dialogue = load_dialogue("share/dialogues/receptionist.json");
  REQUIRE(dialogue);
  const auto no_model = DecoderFiles::make(*dialogue, "/no/such/model", "/no/such/words.dict");
  REQUIRE_FALSE(no_model);
  CHECK(no_model.error().detail == "no acoustic model in /no/such/model: install the Debian package pocketsphinx-en-us");
}
