#include <offhook/tests/services/azure/language_id.hpp>

#include <offhook/tests/services/azure/sim_wire.hpp>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

namespace offhook::services::azure {

using nlohmann::json;

namespace {

constexpr std::size_t kMostAtStart = 4, kMostContinuous = 10;

struct Complaint : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void expect(bool fits, const std::string& otherwise) {
  if (!fits) throw Complaint(otherwise);
}

/// Returns the word at `path` in `object`. The word must be one of `allowed`.
std::string word_at(const json& object, std::initializer_list<const char*> path, std::initializer_list<std::string_view> allowed) {
  const json word = find(object, path);
  const std::string name = *(path.end() - 1);
  expect(word.is_string() && std::find(allowed.begin(), allowed.end(), word.get<std::string>()) != allowed.end(), "languageId has no such " + name);
  return word.get<std::string>();
}

bool is_letters(std::string_view text, std::size_t least, std::size_t most) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return text.size() >= least && text.size() <= most && std::all_of(text.begin(), text.end(), is_letter);
}

/// Returns true for a language with a region, such as "de-DE", "zh-CN-liaoning" or "fil-PH".
bool is_locale(std::string_view text) {
  const auto dash = text.find('-');
  const std::string_view rest = dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
  return is_letters(text.substr(0, dash), 2, 3) && is_letters(rest.substr(0, rest.find('-')), 2, 4);
}

std::vector<std::string> read_candidates(const json& languages, std::size_t most) {
  expect(languages.is_array() && !languages.empty() && languages.size() <= most, "languageId has no languages, or too many");
  std::vector<std::string> candidates, known;
  for (const json& each : languages) {
    expect(each.is_string() && is_locale(each.get<std::string>()), "a language of languageId is no locale");
    candidates.push_back(each.get<std::string>());
    const std::string base = lower(candidates.back().substr(0, candidates.back().find('-')));
    expect(std::find(known.begin(), known.end(), base) == known.end(), "languageId has a language twice");
    known.push_back(base);
  }
  return candidates;
}

std::vector<std::string> read(const json& context, bool announced) {
  const json id = find(context, {"languageId"});
  if (id.is_null()) {
    expect(!announced, "the address announces languageId, and there is none");
    return {};
  }
  expect(announced, "the address does not announce languageId");
  expect(id.is_object() && id.size() == 5, "languageId has not its five members");
  expect(find(context, {"phraseDetection", "language"}).is_null(), "a language beside languageId");
  const std::string mode = word_at(id, {"mode"}, {"DetectAtAudioStart", "DetectContinuous"});
  word_at(id, {"onSuccess", "action"}, {"Recognize", "None"});
  word_at(id, {"onUnknown", "action"}, {"RecognizeWithDefaultLanguage", "None"});
  word_at(id, {"priority"}, {"Auto", "PrioritizeLatency", "PrioritizeAccuracy"});
  word_at(context, {"phraseOutput", "interimResults", "resultType"}, {"Auto", "StableFragment", "Hypothesis", "None"});
  word_at(context, {"phraseOutput", "phraseResults", "resultType"}, {"Always", "None"});
  return read_candidates(id.value("languages", json()), mode == "DetectContinuous" ? kMostContinuous : kMostAtStart);
}

}  // namespace

LanguageAsked read_language(const json& context, std::string_view target) {
  try {
    return {read(context, target.find("lidEnabled=true") != std::string_view::npos), {}};
  } catch (const Complaint& complaint) {
    return {{}, complaint.what()};
  }
}

}  // namespace offhook::services::azure
