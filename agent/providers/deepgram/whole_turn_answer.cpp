#include <offhook/agent/providers/deepgram/whole_turn_answer.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

namespace {

std::optional<json::Element> first_of(const json::Element& object, std::string_view list) {
  const auto found = json::member(object, list);
  json::Element first;
  if (!found || found->at(0).get(first) != simdjson::SUCCESS) return std::nullopt;
  return first;
}

HeardEvent read(std::string_view body) {
  json::Parser parser;
  const auto root = json::parse(parser, body);
  const auto results = root && root->is_object() ? json::member(*root, "results") : std::nullopt;
  const auto channel = results ? first_of(*results, "channels") : std::nullopt;
  const auto heard = channel ? first_of(*channel, "alternatives") : std::nullopt;
  if (!heard || !json::member(*heard, "transcript")) return HearingFailed{FailureKind::Protocol, "there is no transcript in the answer"};
  const std::string_view text = base::trim(json::text(*heard, "transcript"));
  if (text.size() > WholeTurnAnswer::kMaxText) return HearingFailed{FailureKind::Protocol, "the transcript is too long"};
  return HeardText{std::string(text), true, std::clamp(json::real(*heard, "confidence").value_or(1), 0.0, 1.0)};
}

}  // namespace

void WholeTurnAnswer::on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) {
  if (over_) return;
  if (body_.size() + bytes.size() <= kMaxBody) {
    body_ += bytes;
    return;
  }
  over_ = true;
  out.push_back(HearingFailed{FailureKind::Protocol, "the answer is larger than 2 MiB"});
}

void WholeTurnAnswer::on_end(std::vector<HeardEvent>& out) {
  if (std::exchange(over_, true)) return;
  if (body_.empty()) return out.push_back(HearingFailed{FailureKind::Empty, "the answer is empty"});
  out.push_back(read(body_));
}

}  // namespace offhook::inline v0::agent::deepgram
