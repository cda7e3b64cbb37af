#include <offhook/agent/call_log.hpp>

#include <offhook/agent/ops/log.hpp>

namespace offhook::inline v0::agent {

void log_line(const CallLine& line, const records::KeepOptions& keep) {
  if (const auto* intent = std::get_if<Understood>(&line.what)) {
    log::info("call.understood", {{"call", line.call_id}, {"intent", intent->intent}, {"score", intent->score}});
  }
  if (const auto* switched = std::get_if<ProviderSwitched>(&line.what)) {
    log::warning("call.trouble", {{"call", line.call_id}, {"stage", to_string(switched->stage)}, {"from", switched->from},
                                  {"to", switched->to}, {"why", switched->why}});
  }
  if (const auto* heard = std::get_if<ToneHeard>(&line.what)) {
    log::info("call.tone", {{"call", line.call_id}, {"tone", media::to_string(heard->tone)}});
  }
  if (const auto* answered = std::get_if<AnsweredBy>(&line.what)) {
    const auto& verdict = answered->verdict;
    log::info("call.answered_by", {{"call", line.call_id}, {"who", media::to_string(verdict.who)}, {"sign", media::to_string(verdict.sign)},
                                   {"took_ms", verdict.took.count()}});
  }
  if (!line.texts.value_or(keep.texts)) return;
  if (const auto* said = std::get_if<CallerSaid>(&line.what)) {
    const std::string text = said->digits ? records::shown_digits(said->text, keep) : records::shown_text(said->text, keep);
    log::info("call.caller_said", {{"call", line.call_id}, {"text", text}, {"confidence", said->confidence}, {"rejected", said->rejected}});
  } else if (const auto* spoke = std::get_if<AgentSaid>(&line.what)) {
    log::info("call.agent_said", {{"call", line.call_id}, {"text", records::shown_text(spoke->text, keep)}, {"interrupted", spoke->interrupted}});
  }
}

}  // namespace offhook::inline v0::agent
