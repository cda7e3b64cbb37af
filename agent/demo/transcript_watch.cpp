#include <offhook/agent/demo/transcript_watch.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::demo {

namespace {

void append(std::string& text, const std::string& more) {
  if (!text.empty() && !more.empty()) text += ' ';
  text += more;
}

}  // namespace

void TranscriptWatch::on_event(const AgentEvent& event) {
  const std::lock_guard lock(mutex_);
  if (const auto* e = std::get_if<phone::RegistrationChanged>(&event)) {
    registered_ = e->details.state == sip::RegistrationChanged::State::Registered;
  } else if (const auto* up = std::get_if<CallUp>(&event)) {
    show_("agent", "picked up, " + std::string(phone::to_string(up->codec)));
  } else if (const auto* line = std::get_if<CallLine>(&event)) {
    on_line(line->what);
  } else if (const auto* over = std::get_if<CallOver>(&event)) {
    show_("agent", "hung up after " + fmt::format("{:.1f}", static_cast<double>(over->duration.count()) / 1000.0) + " s" + (over->how.why.empty() ? "" : ": " + over->how.why));
  }
}

void TranscriptWatch::on_line(const ConversationAction& what) {
  if (const auto* said = std::get_if<CallerSaid>(&what)) {
    turns_.push_back({said->text, {}, {}});
    show_("agent", fmt::format("heard: \"{}\" ({:.2f}{})", said->text, said->confidence, said->rejected ? ", not sure" : ""));
  } else if (const auto* understood = std::get_if<Understood>(&what)) {
    if (!turns_.empty()) turns_.back().intent = understood->intent;
  } else if (const auto* spoke = std::get_if<AgentSaid>(&what)) {
    append(turns_.empty() ? greeting_ : turns_.back().reply, spoke->text);
    show_("agent", spoke->text + (spoke->interrupted ? " (interrupted)" : ""));
  }
}

void TranscriptWatch::caller_says(const std::string& text) { show_("caller", text); }

void TranscriptWatch::fill(DemoResult& result, const CallReport& report) const {
  const std::lock_guard lock(mutex_);
  result.greeting = greeting_;
  for (std::size_t i = 0; i < report.lines.size(); ++i) {
    DemoTurn turn{report.lines[i].said, {}, {}, {}, report.lines[i].response_ms};
    if (i < turns_.size()) {
      turn.heard = turns_[i].heard;
      turn.intent = turns_[i].intent;
      turn.reply = turns_[i].reply;
    }
    result.turns.push_back(std::move(turn));
  }
}

}  // namespace offhook::inline v0::agent::demo
