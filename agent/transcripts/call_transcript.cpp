#include <offhook/agent/transcripts/call_transcript.hpp>

#include <offhook/agent/support/log.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::transcripts {

namespace {

std::string keys(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "key" : "keys");
}

std::string kept(std::string_view text) {
  return std::string(cut_utf8(text, kMaxWordBytes));
}

}  // namespace

CallTranscript::CallTranscript(TranscribedCall about, std::shared_ptr<const redaction::Redactor> redactor, Sink sink)
    : about_{kept(about.call), kept(about.agent), kept(about.language)}, redactor_(std::move(redactor)), sink_(std::move(sink)) {}

void CallTranscript::on_answered(records::Moment now) {
  const std::lock_guard lock(mutex_);
  if (answered_) return;
  answered_ = now.steady;
  add(Who::System, "answered", 0, false, now);
}

void CallTranscript::on_action(const ConversationAction& action, records::Moment now) {
  const std::lock_guard lock(mutex_);
  std::visit([&](const auto& what) { on(what, now); }, action);
}

void CallTranscript::on_ended(std::string_view why, records::Moment now) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  lines_ = std::min(lines_, kMaxLinesPerCall - 1);  // Make space for one line: the line about the end is always written.
  add(Who::System, why.empty() ? "ended" : fmt::format("ended: {}", why), 0, false, now);
}

void CallTranscript::add(Who speaker, std::string_view text, std::uint32_t turn, bool interrupted, records::Moment now) {
  if (text.empty() || lines_ > kMaxLinesPerCall) return;
  if (++lines_ > kMaxLinesPerCall) {
    speaker = Who::System;
    text = "the call has more lines than its transcript keeps";
    interrupted = false;
  }
  // Redact first, then cut: a cut could leave a part of a number that is too short to be redacted.
  std::string safe(cut_utf8(redactor_ ? redactor_->redacted(text) : std::string(text), kMaxTextBytes));
  const auto since = answered_ ? now.steady - *answered_ : base::Duration::zero();
  sink_({now.wall, about_.call, about_.agent, speaker, std::move(safe), turn, interrupted, about_.language,
         std::chrono::duration_cast<std::chrono::milliseconds>(since).count()});
}

void CallTranscript::on(const CallerSaid& said, records::Moment now) {
  if (said.digits) return add(Who::System, "the caller pressed " + keys(said.text.size()), said.turn, false, now);
  add(Who::Caller, said.text, said.turn, false, now);
}

void CallTranscript::on(const AgentSaid& said, records::Moment now) {
  add(Who::Agent, said.text, said.turn, said.interrupted, now);
}

void CallTranscript::on(const SendDigits& sent, records::Moment now) {
  add(Who::System, "the agent pressed " + keys(sent.digits.size()), 0, false, now);
}

void CallTranscript::on(const TransferCall& transfer, records::Moment now) {
  add(Who::System, "transfer to " + log::redacted(transfer.target), 0, false, now);
}

void CallTranscript::on(const NoteLeft& note, records::Moment now) {
  add(Who::System, "note: " + note.text, note.turn, false, now);
}

void CallTranscript::on(const ProviderSwitched& switched, records::Moment now) {
  add(Who::System, fmt::format("{}: {} instead of {}", agent::to_string(switched.stage), switched.to, switched.from), 0, false,
      now);
}

}  // namespace offhook::inline v0::agent::transcripts
