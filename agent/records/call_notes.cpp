#include <offhook/agent/records/call_notes.hpp>

#include <offhook/agent/records/call_events.hpp>
#include <offhook/agent/redaction/redaction.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::records {

namespace {

constexpr std::size_t kLongestWord = 20, kLongestName = 64;

/// Returns true for the name of an error, such as (INVALID_QUERY_PARAMETER), but not for a secret key, which has digits, or parts longer than any word.
bool is_of_words(std::string_view name) {
  if (name.size() > kLongestName || name.find("sk-") != std::string_view::npos) return false;
  std::size_t length = 0;
  return std::all_of(name.begin(), name.end(), [&length](char c) {
    const bool is_mark = std::string_view("(),:;_-.").find(c) != std::string_view::npos;
    length = is_mark ? 0 : length + 1;
    return is_mark || (base::is_alpha(c) && length <= kLongestWord);
  });
}

std::int64_t millis(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

std::string shown_digits(std::string_view digits, const KeepOptions& keep) {
  return keep.digits ? std::string(digits) : std::string(digits.size(), '*');
}

std::string shown_text(std::string_view said, const KeepOptions& keep) {
  return keep.redactor ? keep.redactor->redacted(said) : std::string(said);
}

std::string kept_failure(std::string_view why) {
  constexpr std::string_view kQuotes = "\"'`";
  std::string kept, word;
  const auto end_word = [&] { kept += word.size() > kLongestWord && !is_of_words(word) ? "***" : word, word.clear(); };
  for (std::size_t at = 0; at < why.size() && kept.size() < kMaxFieldBytes; ++at) {
    const bool opens = kQuotes.find(why[at]) != std::string_view::npos && (at == 0 || !base::is_alpha(why[at - 1]));  // "can't" opens no quotation.
    const auto closing = opens ? why.find(why[at], at + 1) : std::string_view::npos;
    if (opens) {
      end_word();
      kept += "...";
      if (closing == std::string_view::npos) break;
      at = closing;
    } else if (why[at] == ' ') {
      end_word();
      kept += ' ';
    } else {
      word += why[at];
    }
  }
  end_word();
  return std::string(cut_utf8(kept, kMaxFieldBytes));
}

std::string kept_tool_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-'; };
  const bool can_be = !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), fits);
  return can_be ? std::string(name) : "(no name)";
}

CallNotes::CallNotes(CallRecord begun, KeepOptions keep, Moment now)
    : record_(std::move(begun)), keep_(keep), began_(now.steady) {
  record_.invited_at = now.wall;
}

void CallNotes::on_dialled(std::string_view sip_call_id, std::string_view local_tag) {
  const std::lock_guard lock(mutex_);
  record_.sip_call_id = sip_call_id;
  record_.local_tag = local_tag;
}

void CallNotes::on_agent(std::string_view name, std::optional<bool> texts) {
  const std::lock_guard lock(mutex_);
  keep_.texts = texts.value_or(keep_.texts);
  record_.agent = cut_utf8(name, kMaxFieldBytes);
}

void CallNotes::on_ringing(Moment now) {
  const std::lock_guard lock(mutex_);
  if (!record_.ringing_at) record_.ringing_at = now.wall;
}

void CallNotes::on_answered(media::AudioCodec codec, std::string_view codec_name, std::string_view encryption, Moment now) {
  const std::lock_guard lock(mutex_);
  record_.codec = codec_name;
  record_.encryption = encryption;
  record_.rtp_clock_hz = media::rtp_clock_hz(codec);
  record_.sample_rate_hz = media::sample_rate_hz(codec);
  if (answered_) return;
  record_.answered_at = now.wall;
  record_.setup_ms = millis(now.steady - began_);
  answered_ = now.steady;
}

void CallNotes::on_media(std::string_view encryption, std::string_view path) {
  const std::lock_guard lock(mutex_);
  record_.encryption = encryption;
  record_.path = path;
}

void CallNotes::on_transferred(std::string_view status) {
  const std::lock_guard lock(mutex_);
  record_.transfer_status = call::number_of(status);
}

void CallNotes::on_other(Party party, Moment now) {
  const std::lock_guard lock(mutex_);
  if (record_.others.size() < kMaxOthers) record_.others.push_back({since_answer(now), std::move(party)});
}

void CallNotes::on_recorded(std::string_view file, PausedFor paused) {
  const std::lock_guard lock(mutex_);
  record_.recording = file;
  record_.paused_by_model_ms = paused.by_model.count();
  record_.paused_by_operator_ms = paused.by_operator.count();
}

void CallNotes::on_action(const ConversationAction& action, Moment now) {
  const std::lock_guard lock(mutex_);
  std::visit([&](const auto& what) { on(what, now); }, action);
}

void CallNotes::on_use(const ServiceUse& use) {
  const std::lock_guard lock(mutex_);
  add_use(use);
}

void CallNotes::add_use(const ServiceUse& told) {
  const ServiceUse use = told.believable();
  if (use.is_nothing()) return;
  const auto known = std::find_if(record_.uses.begin(), record_.uses.end(), [&use](const ServiceUse& each) { return each.service == use.service; });
  if (known != record_.uses.end()) return known->add(use);
  if (record_.uses.size() < kMaxServices) record_.uses.push_back(use);
}

Turn* CallNotes::turn(std::uint32_t number, Moment now) {
  const auto at = std::find(numbers_.begin(), numbers_.end(), number);
  if (at != numbers_.end()) return &record_.turns[static_cast<std::size_t>(at - numbers_.begin())];
  if (record_.turns.size() >= kMaxTurns) {
    if (std::exchange(last_left_out_, number) != number) ++record_.turns_left_out;
    return nullptr;
  }
  numbers_.push_back(number);
  Turn& added = record_.turns.emplace_back();
  added.kind = number == 1 ? Turn::Kind::Opening : Turn::Kind::Other;
  added.at_ms = answered_ ? millis(now.steady - *answered_) : 0;
  return &added;
}

std::string CallNotes::budgeted(std::string_view text) {
  if (!keep_.texts) return {};
  const std::string shown = shown_text(text, keep_);  // Redact before the cut, which might divide a number.
  text = cut_utf8(shown, std::min(kMaxTurnTextBytes, text_left_));
  text_left_ -= text.size();
  return std::string(text);
}

std::string CallNotes::masked(std::string_view digits) const {
  return shown_digits(digits.substr(0, kMaxFieldBytes), keep_);
}

void CallNotes::on(const CallerSaid& said, Moment now) {
  if (said.digits && record_.digits_received.size() < kMaxFieldBytes) record_.digits_received += masked(said.text);
  Turn* at = turn(said.turn, now);
  if (at == nullptr) return;
  at->kind = said.digits ? Turn::Kind::Digits : Turn::Kind::Speech;
  at->heard = said.digits ? masked(said.text) : budgeted(said.text);
  at->heard_length = said.text.size();
  at->confidence = said.confidence;
  at->rejected = said.rejected;
}

void CallNotes::on(const AgentSaid& said, Moment now) {
  Turn* at = turn(said.turn, now);
  if (at == nullptr) return;
  const std::string text = budgeted(said.text);
  if (at->said.size() + text.size() < kMaxTurnTextBytes) at->said += (at->said.empty() || text.empty() ? "" : " ") + text;
  if (said.interrupted) at->interrupted_at_ms = millis(now.steady - reply_began_);
}

std::int64_t CallNotes::since_answer(Moment now) const { return answered_ ? millis(now.steady - *answered_) : 0; }

Trouble* CallNotes::trouble(Stage stage, std::string_view why, Moment now) {
  if (record_.troubles.size() >= kMaxTroubles) {
    ++record_.troubles_left_out;
    return nullptr;
  }
  return &record_.troubles.emplace_back(Trouble{since_answer(now), std::string(to_string(stage)), kept_failure(why), {}, {}});
}

void CallNotes::on(const TryAgain& again, Moment now) { trouble_open_ = trouble(again.stage, again.why, now) != nullptr; }

void CallNotes::on(const TurnRefused& refused, Moment now) { (void)trouble(Stage::Think, refused.why, now); }

void CallNotes::on(const ServiceChosen& chosen, Moment) {
  const auto kept = [](const std::string& text) { return std::string(cut_utf8(text, kMaxFieldBytes)); };
  record_.service = {kept(chosen.service.name), kept(chosen.service.asked.model), kept(chosen.service.asked.voice)};
}

void CallNotes::on(const ProviderSwitched& switched, Moment now) {
  Trouble* at = nullptr;
  if (std::exchange(trouble_open_, false) && record_.troubles.back().why == kept_failure(switched.why)) {
    at = &record_.troubles.back();
  } else {
    at = trouble(switched.stage, switched.why, now);
  }
  if (at == nullptr) return;
  at->from = cut_utf8(switched.from, kMaxFieldBytes);
  at->to = cut_utf8(switched.to, kMaxFieldBytes);
}

void CallNotes::on(const RunTool& run, Moment now) {
  if (record_.tools.size() >= kMaxToolUses) return;
  record_.tools.push_back({since_answer(now), kept_tool_name(run.call.name), false, false});
  tool_ids_.push_back(run.call.call_id);
}

void CallNotes::on(const ReturnToolOutcome& told, Moment) {
  const auto at = std::find(tool_ids_.begin(), tool_ids_.end(), told.outcome.call_id);
  if (at == tool_ids_.end()) return;
  ToolUse& use = record_.tools[static_cast<std::size_t>(at - tool_ids_.begin())];
  use.refused = told.outcome.refused;
  use.done = !told.outcome.refused;
}

void CallNotes::on(const NoteLeft& note, Moment) {
  if (record_.notes.size() < kMaxNotes) record_.notes.emplace_back(cut_utf8(note.text, kMaxTurnTextBytes));
}

void CallNotes::on(const ToneHeard& heard, Moment) {
  if (record_.tones.size() < kMaxTones) record_.tones.emplace_back(media::to_string(heard.tone));
}

void CallNotes::on(const AnsweredBy& answered, Moment) {
  record_.answered_by = media::to_string(answered.verdict.who);
  record_.answered_by_ms = answered.verdict.took.count();
}

void CallNotes::on(const Understood& understood, Moment now) {
  Turn* at = turn(understood.turn, now);
  if (at == nullptr) return;
  at->intent = cut_utf8(understood.intent, kMaxFieldBytes);
  at->score = understood.score;
}

void CallNotes::on(const ReplyBegan& began, Moment now) {
  reply_began_ = now.steady;
  Turn* at = turn(began.turn, now);
  if (at != nullptr && !at->response_ms && began.response) at->response_ms = began.response->count();
}

void CallNotes::on(const SendDigits& sent, Moment) {
  if (record_.digits_sent.size() < kMaxFieldBytes) record_.digits_sent += masked(sent.digits);
}

void CallNotes::on(const TransferCall& transfer, Moment) {
  record_.transfer_target = kept_uri(transfer.target);
}

void CallNotes::on_ended(const call::Ended& ended, const std::optional<media::LegStatistics>& media, Moment now) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  record_.ended_at = now.wall;
  record_.ending = ending_of(ended, record_.outgoing);
  // A call that was never answered received only stray packets: their counters say nothing about its quality.
  if (media && answered_) record_.media = quality_of(*media);
  if (answered_) {
    record_.duration_ms = millis(now.steady - *answered_);
  } else {
    record_.setup_ms = millis(now.steady - began_);
  }
}

CallRecord CallNotes::snapshot() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

std::optional<CallRecord> CallNotes::take() {
  const std::lock_guard lock(mutex_);
  if (!ended_ || std::exchange(taken_, true)) return std::nullopt;
  return std::move(record_);
}

}  // namespace offhook::inline v0::agent::records
