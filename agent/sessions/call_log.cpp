#include <offhook/agent/sessions/call_log.hpp>

#include <offhook/agent/support/log.hpp>

#include <variant>

namespace offhook::inline v0::agent {

namespace {

std::string_view side_of(call::Ended::By by) {
  switch (by) {
    case call::Ended::By::Us: return "us";
    case call::Ended::By::Peer: return "them";
    case call::Ended::By::Network: return "network";
  }
  return "";
}

}  // namespace

// --- the call ----------------------------------------------------------------------------------------------------------------

void CallLog::offered(const call::Incoming& call) const {
  log::info("call.offered", {{"call", call_}, {"sip_call_id", call.name.call}, {"from", log::redacted(call.from.address)}, {"source", call.source}});
  if (!call.check.why.empty()) log::warning("call.identity", {{"call", call_}, {"detail", call.check.why}});
}

void CallLog::turned_away(const call::Incoming& call, std::string_view status) const {
  log::info("call.turned_away", {{"call", call_}, {"sip_call_id", call.name.call}, {"from", log::redacted(call.from.address)}, {"status", call::number_of(status)}});
}

void CallLog::refused(std::string_view why) const { log::warning("call.refused", {{"call", call_}, {"detail", why}}); }

void CallLog::ring_failed(std::string_view why) const { log::warning("call.ring_failed", {{"call", call_}, {"detail", why}}); }

void CallLog::answer_failed(std::string_view why) const { log::warning("call.answer_failed", {{"call", call_}, {"detail", why}}); }

void CallLog::dialled(std::string_view target, std::string_view sip_call_id) const {
  log::info("call.dialled", {{"call", call_}, {"sip_call_id", sip_call_id}, {"to", log::redacted(target)}});
}

void CallLog::not_dialled(std::string_view target, const base::Error& why) const {
  log::error("call.not_dialled", {{"call", call_}, {"to", log::redacted(target)}, {"code", why.code}, {"detail", why.detail}});
}

void CallLog::up(std::string_view codec, std::string_view encryption, const records::CallRecord::Service& by) const {
  const std::string unknown = "unknown";
  const bool is_known = !by.name.empty();
  log::info("call.up", {{"call", call_}, {"codec", codec}, {"encryption", encryption.empty() ? "none" : encryption}, {"provider", is_known ? by.name : unknown}, {"model", is_known ? by.model : unknown},
                        {"voice", is_known ? by.voice : unknown}});
}

void CallLog::service(const records::CallRecord::Service& by) const {
  log::info("call.service", {{"call", call_}, {"provider", by.name}, {"model", by.model}, {"voice", by.voice}});
}

void CallLog::media_changed(bool sends, bool receives) const { log::info("call.media", {{"call", call_}, {"sends", sends}, {"receives", receives}}); }

void CallLog::other_caller(const call::Party& person, bool is_asserted) const {
  log::info("call.other_caller", {{"call", call_}, {"now", log::redacted(person.address)}, {"asserted", is_asserted}});
}

void CallLog::context(std::string_view trouble) const { log::warning("call.context", {{"call", call_}, {"detail", trouble}}); }

void CallLog::tool(const tools::ToolEvent& event) const {
  log::info("call.tool", {{"call", call_}, {"tool", event.tool}, {"what", tools::to_string(event.what)}, {"detail", event.detail}});
}

void CallLog::consults(std::string_view target) const { log::info("call.consults", {{"call", call_}, {"to", log::redacted(target)}}); }

void CallLog::consult_failed(std::string_view target, std::string_view why) const {
  log::warning("call.consult_failed", {{"call", call_}, {"to", log::redacted(target)}, {"detail", why}, {"then", "asks the caller's side to call the target"}});
}

void CallLog::transfer_failed(std::string_view why) const { log::warning("call.transfer_failed", {{"call", call_}, {"detail", why}}); }

void CallLog::transferred(bool reached, std::string_view status, std::string_view why) const {
  if (reached) return log::info("call.transferred", {{"call", call_}, {"status", call::number_of(status)}});
  log::warning("call.transferred", {{"call", call_}, {"status", call::number_of(status)}, {"why", why}});
}

void CallLog::transfer_declined() const {
  log::info("call.transfer_declined", {{"call", call_}, {"why", "the caller's side asks the agent to call another party, which the agent never does"}});
}

void CallLog::hold_failed(bool on, std::string_view why) const { log::warning("call.hold_failed", {{"call", call_}, {"on", on}, {"detail", why}}); }

void CallLog::recording_stopped(std::string_view why) const { log::warning("recording.stopped", {{"call", call_}, {"detail", why}}); }

void CallLog::overflow(std::uint64_t digits, std::uint64_t samples) const {
  log::warning("conversation.overflow", {{"call", call_}, {"digits", digits}, {"samples", samples}});
}

void CallLog::over(const call::Ended& ended, std::string_view cause, std::chrono::milliseconds duration, const media::LegStatistics& media) const {
  log::info("call.over", {{"call", call_}, {"by", side_of(ended.by)}, {"why", ended.why}, {"cause", cause}, {"status", call::number_of(ended.status)},
                          {"reason", ended.reason}, {"seconds", static_cast<double>(duration.count()) / 1000.0},
                          {"received", media.packets_received}, {"sent", media.packets_sent}, {"lost", media.packets_lost}});
}

// --- the conversation --------------------------------------------------------------------------------------------------------

void CallLog::on_action(const ConversationAction& what, std::optional<bool> texts, const records::KeepOptions& keep) const {
  std::visit([this](const auto& each) { on(each); }, what);
  if (texts.value_or(keep.texts)) said(what, keep);
}

void CallLog::said(const ConversationAction& what, const records::KeepOptions& keep) const {
  if (const auto* caller = std::get_if<CallerSaid>(&what)) {
    const std::string text = caller->digits ? records::shown_digits(caller->text, keep) : records::shown_text(caller->text, keep);
    log::info("call.caller_said", {{"call", call_}, {"text", text}, {"confidence", caller->confidence}, {"rejected", caller->rejected}});
  } else if (const auto* agent = std::get_if<AgentSaid>(&what)) {
    log::info("call.agent_said", {{"call", call_}, {"text", records::shown_text(agent->text, keep)}, {"interrupted", agent->interrupted}});
  }
}

void CallLog::on(const Understood& e) const { log::info("call.understood", {{"call", call_}, {"intent", e.intent}, {"score", e.score}}); }

void CallLog::on(const ProviderSwitched& e) const {
  log::warning("call.trouble", {{"call", call_}, {"stage", to_string(e.stage)}, {"from", e.from}, {"to", e.to}, {"model", e.asked.model}, {"voice", e.asked.voice},
                                {"why", e.why}});
}

void CallLog::on(const ServiceRetried& e) const {
  log::info("call.retry", {{"call", call_}, {"stage", to_string(e.stage)}, {"service", e.service}, {"why", e.retry.why}, {"then", e.retry.then}});
}

void CallLog::on(const TryAgain& e) const { log::warning("call.failed", {{"call", call_}, {"stage", to_string(e.stage)}, {"why", e.why}}); }

void CallLog::on(const GaveUp& e) const {
  log::warning("call.gave_up", {{"call", call_}, {"stage", to_string(e.stage)}, {"detail", "no attempt is left, and all providers have failed or are paused: the agent apologises"}});
}

void CallLog::on(const TurnRefused& e) const { log::warning("call.turn_refused", {{"call", call_}, {"turn", e.turn}, {"why", e.why}}); }

void CallLog::on(const CancelThinking& e) const { log::info("call.reply_cancelled", {{"call", call_}, {"turn", e.turn}, {"why", e.why}}); }

void CallLog::on(const ToneHeard& e) const { log::info("call.tone", {{"call", call_}, {"tone", media::to_string(e.tone)}}); }

void CallLog::on(const AnsweredBy& e) const {
  log::info("call.answered_by", {{"call", call_}, {"who", media::to_string(e.verdict.who)}, {"sign", media::to_string(e.verdict.sign)},
                                 {"took_ms", e.verdict.took.count()}});
}

}  // namespace offhook::inline v0::agent
