#include <offhook/agent/providers/azure/recognition_messages.hpp>

#include <offhook/agent/providers/json_text.hpp>
#include <offhook/agent/providers/json_in.hpp>
#include <offhook/agent/providers/utf8.hpp>
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
    case Status::TooManyRequests: return "TooManyRequests: more than the resource's quota";
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
  // Silence, babble and words that are none are nothing to us; so is the mark at the end of a dictation.
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

/// The best of the detailed form, which has the words there and not beside it.
void read_best(const json::Element& root, Recognised& heard) {
  bool first = true;
  json::for_each(root, "NBest", [&](const json::Element& each) {
    if (!std::exchange(first, false)) return;
    heard.text = json::text(each, "Display");
    double confidence = 1;
    if (each.at_key("Confidence").get(confidence) == simdjson::SUCCESS) heard.confidence = std::clamp(confidence, 0.0, 1.0);
  });
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
  out.open("", '{').open("phraseDetection", '{').text("mode", "Conversation").text("language", shape.language).close('}');
  out.open("phraseOutput", '{').text("format", "Detailed").close('}');
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
  heard.end_ticks = sum_of(json::count(*root, "Offset"), json::count(*root, "Duration"));
  return heard;
}

std::string locale_of(std::string_view bcp47) {
  if (bcp47.empty()) return "en-US";
  if (bcp47.find_first_of("-_") != std::string_view::npos) {
    std::string locale(bcp47);
    std::replace(locale.begin(), locale.end(), '_', '-');
    return locale;
  }
  // Where most who speak the language do not live in the country with its letters.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kRegions{
      {{"ar", "EG"}, {"bn", "IN"}, {"ca", "ES"}, {"cs", "CZ"}, {"cy", "GB"}, {"da", "DK"}, {"el", "GR"}, {"en", "US"},
       {"et", "EE"}, {"eu", "ES"}, {"fa", "IR"}, {"ga", "IE"}, {"gl", "ES"}, {"he", "IL"}, {"hi", "IN"}, {"ja", "JP"},
       {"ko", "KR"}, {"nb", "NO"}, {"sl", "SI"}, {"sq", "AL"}, {"sv", "SE"}, {"uk", "UA"}, {"vi", "VN"}, {"zh", "CN"}}};
  std::string language, region;
  for (const char c : bcp47) language += base::to_lower(c);
  const auto* const found = std::find_if(kRegions.begin(), kRegions.end(), [&](const auto& each) { return each.first == language; });
  if (found != kRegions.end()) return language + "-" + std::string(found->second);
  for (const char c : language) region += base::is_alpha(c) ? static_cast<char>(c - 32) : c;
  return language + "-" + region;
}

}  // namespace offhook::inline v0::agent::azure
