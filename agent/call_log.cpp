#include <offhook/agent/call_log.hpp>

#include <offhook/agent/ops/log.hpp>

#include <variant>

namespace offhook::inline v0::agent {

namespace {

/// What goes into the log whether or not words may be kept.
class Logger {
 public:
  explicit Logger(const std::string& call_id) : call_id_(call_id) {}

  void operator()(const Understood& e) const { log::info("call.understood", {{"call", call_id_}, {"intent", e.intent}, {"score", e.score}}); }
  void operator()(const ProviderSwitched& e) const {
    log::warning("call.trouble", {{"call", call_id_}, {"stage", to_string(e.stage)}, {"from", e.from}, {"to", e.to}, {"why", e.why}});
  }
  void operator()(const TryAgain& e) const { log::warning("call.failed", {{"call", call_id_}, {"stage", to_string(e.stage)}, {"why", e.why}}); }
  void operator()(const GaveUp& e) const {
    log::warning("call.gave_up", {{"call", call_id_}, {"stage", to_string(e.stage)}, {"detail", "no other attempt or provider is left: the caller hears so"}});
  }
  void operator()(const TurnRefused& e) const { log::warning("call.turn_refused", {{"call", call_id_}, {"turn", e.turn}, {"why", e.why}}); }
  void operator()(const CancelThinking& e) const { log::info("call.reply_cancelled", {{"call", call_id_}, {"turn", e.turn}, {"why", e.why}}); }
  void operator()(const ToneHeard& e) const { log::info("call.tone", {{"call", call_id_}, {"tone", media::to_string(e.tone)}}); }
  void operator()(const AnsweredBy& e) const {
    log::info("call.answered_by", {{"call", call_id_}, {"who", media::to_string(e.verdict.who)}, {"sign", media::to_string(e.verdict.sign)},
                                   {"took_ms", e.verdict.took.count()}});
  }
  template <class Other>
  void operator()(const Other&) const {}

 private:
  const std::string& call_id_;
};

}  // namespace

void log_line(const CallLine& line, const records::KeepOptions& keep) {
  std::visit(Logger(line.call_id), line.what);
  if (!line.texts.value_or(keep.texts)) return;
  if (const auto* said = std::get_if<CallerSaid>(&line.what)) {
    const std::string text = said->digits ? records::shown_digits(said->text, keep) : records::shown_text(said->text, keep);
    log::info("call.caller_said", {{"call", line.call_id}, {"text", text}, {"confidence", said->confidence}, {"rejected", said->rejected}});
  } else if (const auto* spoke = std::get_if<AgentSaid>(&line.what)) {
    log::info("call.agent_said", {{"call", line.call_id}, {"text", records::shown_text(spoke->text, keep)}, {"interrupted", spoke->interrupted}});
  }
}

}  // namespace offhook::inline v0::agent
