#include <offhook/agent/providers/embedded/wish_confirmation.hpp>

namespace offhook::inline v0::agent::embedded {
namespace {

// A text with this score is nearly an example, so it is accepted even if the recogniser's confidence is low.
constexpr double kSureScore = 0.85;

}  // namespace

bool is_sure(const Dialogue& dialogue, const IntentMatch& match, double confidence) {
  return match.score >= dialogue.intent_sure && confidence >= dialogue.confidence_sure;
}

Decision decide(const Dialogue& dialogue, const IntentMatch& match, double confidence) {
  if (match.intent == nullptr || match.score < dialogue.intent_threshold) return Decision::Reject;
  if (confidence < dialogue.confidence_threshold && match.score < kSureScore) return Decision::Reject;
  switch (match.intent->confirm) {
    case ConfirmWish::Never: return Decision::Accept;
    case ConfirmWish::WhenUnsure: return is_sure(dialogue, match, confidence) ? Decision::Accept : Decision::Confirm;
    case ConfirmWish::Always: return Decision::Confirm;
  }
  return Decision::Reject;
}

std::string confirm_wish_text(std::string_view phrase, const Intent& intent) {
  constexpr std::string_view kWish = "{wish}";
  std::string text(phrase);
  for (auto at = text.find(kWish); at != std::string::npos; at = text.find(kWish, at + intent.wish.size())) text.replace(at, kWish.size(), intent.wish);
  return text;
}

}  // namespace offhook::inline v0::agent::embedded
