#include <offhook/agent/providers/deepgram/live_results.hpp>

#include <offhook/agent/providers/deepgram/detected_language.hpp>
#include <offhook/agent/support/json_in.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::deepgram {

struct LiveReader::Json {
  json::Parser parser;
};

namespace {

/// Returns the first of `alternatives`. Deepgram sends only one by default.
std::optional<json::Element> first_alternative(const json::Element& root) {
  const auto channel = json::member(root, "channel");
  const auto list = channel ? json::member(*channel, "alternatives") : std::nullopt;
  json::Element first;
  if (!list || list->at(0).get(first) != simdjson::SUCCESS) return std::nullopt;
  return first;
}

std::optional<double> seconds_in(const json::Element& root, std::string_view name) {
  const auto value = json::real(root, name);
  if (!value || !(*value >= 0) || *value > LiveReader::kMaxSeconds) return std::nullopt;
  return value;
}

std::vector<Results::Word> words_in(const json::Element& heard) {
  std::vector<Results::Word> words;
  json::for_each(heard, "words", [&words](const json::Element& word) {
    const auto start = seconds_in(word, "start"), end = seconds_in(word, "end");
    const std::string_view written = json::text(word, "punctuated_word");
    if (start && end) words.push_back({std::string(written.empty() ? json::text(word, "word") : written), (*start + *end) / 2});
  });
  return words;
}

}  // namespace

LiveReader::LiveReader() : json_(std::make_unique<Json>()) {}
LiveReader::~LiveReader() = default;

std::optional<LiveMessage> LiveReader::parse(std::string_view frame) {
  const auto root = json::parse(json_->parser, frame);
  if (!root || !root->is_object()) return std::nullopt;
  if (json::text(*root, "type") != "Results") return Passed{};
  const auto start = seconds_in(*root, "start"), duration = seconds_in(*root, "duration");
  const auto heard = first_alternative(*root);
  if (!start || !duration || !heard || !json::member(*heard, "transcript")) return std::nullopt;
  const std::string_view transcript = json::text(*heard, "transcript");
  if (transcript.size() > kMaxTranscript) return std::nullopt;
  Results results{*start, *duration, json::flag(*root, "is_final"), json::flag(*root, "from_finalize"), std::string(transcript), 0};
  results.confidence = std::clamp(json::real(*heard, "confidence").value_or(0), 0.0, 1.0);
  results.language = detected_language(*heard);
  results.words = words_in(*heard);
  return results;
}

}  // namespace offhook::inline v0::agent::deepgram
