#include <offhook/agent/providers/azure/recognition_messages.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/language_tag.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace offhook::inline v0::agent::azure {

struct RecognitionReader::Json {
  json::Parser parser;
};

FailureKind kind_of(Recognised::Status status) {
  using Status = Recognised::Status;
  switch (status) {
    case Status::TooManyRequests: return FailureKind::RateLimited;
    case Status::BadRequest: return FailureKind::Protocol;
    case Status::Forbidden: return FailureKind::Auth;
    case Status::Success:
    case Status::Nothing:
    case Status::Error: break;
  }
  return FailureKind::Overloaded;
}

std::string_view to_string(Recognised::Status status) {
  using Status = Recognised::Status;
  switch (status) {
    case Status::Success: return "Success";
    case Status::Nothing: return "NoMatch";
    case Status::Error: return "Error";
    case Status::TooManyRequests: return "TooManyRequests: the quota of the resource is exceeded";
    case Status::BadRequest: return "BadRequest: check the language";
    case Status::Forbidden: return "Forbidden: check the key and the region";
  }
  return "?";
}

RecognitionReader::RecognitionReader() : json_(std::make_unique<Json>()) {}
RecognitionReader::~RecognitionReader() = default;

namespace {

std::optional<Recognised::Status> status_of(std::string_view name) {
  using Status = Recognised::Status;
  // Status::Nothing: silence, babble, sounds that are not words, and the mark at the end of a dictation have no text.
  constexpr std::array<std::pair<std::string_view, Status>, 9> kStatuses{{{"Success", Status::Success},
                                                                         {"NoMatch", Status::Nothing},
                                                                         {"InitialSilenceTimeout", Status::Nothing},
                                                                         {"BabbleTimeout", Status::Nothing},
                                                                         {"EndOfDictation", Status::Nothing},
                                                                         {"Error", Status::Error},
                                                                         {"TooManyRequests", Status::TooManyRequests},
                                                                         {"BadRequest", Status::BadRequest},
                                                                         {"Forbidden", Status::Forbidden}}};
  const auto* const found = std::find_if(kStatuses.begin(), kStatuses.end(), [name](const auto& each) { return each.first == name; });
  return found == kStatuses.end() ? std::nullopt : std::optional(found->second);
}

/// Reads the best alternative. In the detailed form of an answer, only the alternatives contain the words.
void read_best(const json::Element& root, Recognised& heard) {
  bool first = true;
  json::for_each(root, "NBest", [&](const json::Element& each) {
    if (!std::exchange(first, false)) return;
    heard.text = json::text(each, "Display");
    double confidence = 1;
    if (each.at_key("Confidence").get(confidence) == simdjson::SUCCESS) heard.confidence = std::clamp(confidence, 0.0, 1.0);
  });
}

std::string_view detected(const json::Element& root) {
  const auto primary = json::member(root, "PrimaryLanguage");
  const std::string_view language = primary && primary->is_object() ? json::text(*primary, "Language") : std::string_view();
  return language.size() <= kMaxLanguageTag ? language : std::string_view();
}

/// Requests the detection of the language with the same values as the official client: interim results come in the language that is
/// detected so far, and phrases come even if no language is detected.
void write_language_id(JsonText& out, const std::vector<std::string>& candidates) {
  out.open("languageId", '{').open("languages", '[');
  for (const std::string& each : candidates) out.text("", each);
  out.close(']').text("mode", "DetectAtAudioStart");
  out.open("onSuccess", '{').text("action", "Recognize").close('}').open("onUnknown", '{').text("action", "None").close('}');
  out.text("priority", "PrioritizeLatency").close('}');
}

std::uint64_t sum_of(std::uint64_t a, std::uint64_t b) { return a > std::numeric_limits<std::uint64_t>::max() - b ? a : a + b; }

}  // namespace

std::string write_speech_config(std::uint32_t rate_hz) {
  JsonText out;
  out.open("", '{').open("context", '{');
  out.open("system", '{').text("name", "Offhook").text("version", "1").text("build", "C++").text("lang", "C++").close('}');
  out.open("os", '{').text("platform", "Linux").text("name", "Linux").text("version", "1").close('}');
  out.open("audio", '{').open("source", '{').text("manufacturer", "Offhook").text("model", "telephone").text("connectivity", "Unknown");
  out.text("type", "Stream").number("samplerate", rate_hz).number("bitspersample", 16).number("channelcount", 1).close('}').close('}');
  return out.close('}').text("recognition", "conversation").close('}').take();
}

std::string write_speech_context(const RecognitionShape& shape) {
  JsonText out;
  out.open("", '{').open("phraseDetection", '{').text("mode", "Conversation");
  if (!shape.detects_language()) out.text("language", shape.language);
  out.close('}').open("phraseOutput", '{').text("format", "Detailed");
  if (shape.detects_language()) {
    out.open("interimResults", '{').text("resultType", "Auto").close('}').open("phraseResults", '{').text("resultType", "Always").close('}');
  }
  out.close('}');
  if (shape.detects_language()) write_language_id(out, shape.candidates);
  if (!shape.phrases.empty()) {
    out.open("dgi", '{').open("groups", '[').open("", '{').text("type", "Generic").open("items", '[');
    for (std::size_t i = 0; i < std::min(shape.phrases.size(), kMaxPhrases); ++i) out.open("", '{').text("text", shape.phrases[i]).close('}');
    out.close(']').close('}').close(']').number("bias", 1).close('}');
  }
  return out.close('}').take();
}

std::optional<Recognised> RecognitionReader::read(std::string_view body) {
  const auto root = json::parse(json_->parser, body);
  if (!root || !root->is_object()) return std::nullopt;
  Recognised heard;
  if (const auto name = json::member(*root, "RecognitionStatus")) {
    heard.status = status_of(json::text(*root, "RecognitionStatus"));
    if (!heard.status) return std::nullopt;
    heard.text = json::text(*root, "DisplayText");
    read_best(*root, heard);
    if (heard.status != Recognised::Status::Success) heard.text.clear();
  } else {
    if (!json::member(*root, "Text")) return std::nullopt;
    heard.text = json::text(*root, "Text");
  }
  heard.text = cut_utf8(base::trim(heard.text), kMaxRecognisedText);
  heard.language = detected(*root);
  heard.end_ticks = sum_of(json::count(*root, "Offset"), json::count(*root, "Duration"));
  return heard;
}

}  // namespace offhook::inline v0::agent::azure
