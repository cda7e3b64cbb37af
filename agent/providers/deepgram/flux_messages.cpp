#include <offhook/agent/providers/deepgram/flux_messages.hpp>

#include <offhook/agent/providers/deepgram/detected_language.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/support/json_in.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

struct FluxReader::Json {
  json::Parser parser;
};

namespace {

std::optional<TurnInfo::Event> event_of(std::string_view name) {
  using Event = TurnInfo::Event;
  constexpr std::pair<std::string_view, Event> kEvents[] = {{"Update", Event::Update},
                                                            {"StartOfTurn", Event::StartOfTurn},
                                                            {"EagerEndOfTurn", Event::EagerEndOfTurn},
                                                            {"TurnResumed", Event::TurnResumed},
                                                            {"EndOfTurn", Event::EndOfTurn}};
  for (const auto& [known, event] : kEvents) {
    if (known == name) return event;
  }
  return std::nullopt;
}

TurnInfo::Trigger trigger_of(std::string_view name) {
  using Trigger = TurnInfo::Trigger;
  return name == "model" ? Trigger::Model : name == "manual" ? Trigger::Manual : name == "timeout" ? Trigger::Timeout : Trigger::Other;
}

double confidence_in(const json::Element& turn) {
  double sum = 0;
  std::size_t count = 0;
  json::for_each(turn, "words", [&](const json::Element& word) {
    sum += std::clamp(json::real(word, "confidence").value_or(0), 0.0, 1.0);
    ++count;
  });
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

std::optional<FluxMessage> turn_in(const json::Element& root) {
  const auto event = event_of(json::text(root, "event"));
  const auto index = json::number(root, "turn_index");
  const auto heard_to = json::real(root, "audio_window_end");
  const bool placed = heard_to && *heard_to >= 0 && *heard_to <= FluxReader::kMaxSeconds;
  const std::string_view transcript = json::text(root, "transcript");
  if (!event || !index || *index < 0 || !placed || !json::member(root, "transcript") || transcript.size() > FluxReader::kMaxTranscript) return std::nullopt;
  TurnInfo turn{*event, trigger_of(json::text(root, "trigger")), static_cast<std::uint64_t>(*index), *heard_to, std::string(transcript), confidence_in(root)};
  turn.language = detected_language(root);
  return turn;
}

}  // namespace

FluxReader::FluxReader() : json_(std::make_unique<Json>()) {}
FluxReader::~FluxReader() = default;

std::optional<FluxMessage> FluxReader::parse(std::string_view frame) {
  const auto root = json::parse(json_->parser, frame);
  if (!root || !root->is_object()) return std::nullopt;
  const std::string_view type = json::text(*root, "type");
  if (type == "TurnInfo") return turn_in(*root);
  if (type == "Error") return FluxError{parse_error_names(frame).code};
  if (type == "Warning" && json::text(*root, "code") == "FORCE_END_TURN_NO_ACTIVE_TURN") return NoTurnToEnd{};
  return FluxPassed{};
}

}  // namespace offhook::inline v0::agent::deepgram
