#include <offhook/agent/providers/reply_ledger.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <utility>

namespace offhook::inline v0::agent {

ReplyLedger::ReplyLedger(std::string_view said) : said_(cut_utf8(said, kMaxText)), continues_(!said_.empty()) {}

bool ReplyLedger::add_audio(std::size_t octets, AudioFormat format) {
  if (octets_ + octets > kMaxSeconds * 1000 * octets_per_ms(format)) return false;
  octets_ += octets;
  return true;
}

std::string_view ReplyLedger::add_words(std::string_view words) {
  const std::string_view taken = cut_utf8(words, kMaxText - text_octets_);
  text_octets_ += taken.size();
  return taken;
}

void ReplyLedger::begin_sound() {
  has_content_ = true;
  retries_ = 0;
}

void ReplyLedger::add_written(std::string_view text) {
  has_content_ = true;
  if (said_.size() < kMaxText) said_ += text;
}

void ReplyLedger::retry(std::string_view voiced) {
  ++retries_;
  voiced_ = cut_utf8(voiced, kMaxText);
  continues_ = !said_.empty() || !voiced_.empty();
}

std::string ReplyLedger::take_note() {
  if (!std::exchange(continues_, false)) return {};
  const std::string gap = said_.empty() || voiced_.empty() ? "" : " ";
  return "[A fault broke your reply off after these words: \"" + said_ + gap + voiced_ + "\" Go on from there; do not repeat them.]";
}

bool ends_conversation(const ToolOutcome& outcome) {
  using What = ReplyAction::What;
  return outcome.action && (outcome.action->what == What::HangUp || outcome.action->what == What::Transfer);
}

}  // namespace offhook::inline v0::agent
