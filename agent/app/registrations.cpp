#include <offhook/agent/app/registrations.hpp>

#include <offhook/agent/support/json_tree.hpp>
#include <offhook/agent/support/log.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::agent {

namespace {

using Changed = sip::RegistrationChanged;
using State = Changed::State;
using Why = Changed::Why;

std::string words_for(const Changed& event) {
  if (event.status != 0) return std::to_string(event.status) + " " + event.reason;
  if (!event.reason.empty()) return event.reason;
  return event.why == Why::Unreachable ? "the host cannot be reached" : "no answer";
}

std::string_view word_for(Why why) {
  switch (why) {
    case Why::None: return "";
    case Why::WrongCredentials: return "wrong password";
    case Why::Refused: return "refused";
    case Why::NoAnswer: return "no answer";
    case Why::Unresolvable: return "name not found";
    case Why::Unreachable: return "unreachable";
  }
  return "";
}

std::int64_t in_seconds(base::Duration time) { return std::chrono::duration_cast<std::chrono::seconds>(time).count(); }

}  // namespace

std::size_t Registrations::registered() const {
  return static_cast<std::size_t>(std::count_if(last_.begin(), last_.end(), [](const auto& each) { return each.second.state == State::Registered; }));
}

bool Registrations::is_refresh(const Changed& event) const {
  const auto at = last_.find(event.account);
  return at != last_.end() && at->second.state == State::Registered && event.state == State::Registered && at->second.answered_by == event.answered_by;
}

bool Registrations::all_failed() const {
  return last_.size() == accounts_ && std::all_of(last_.begin(), last_.end(), [](const auto& each) { return each.second.state == State::Failed; });
}

bool Registrations::all_refused() const {
  const auto is_wrong = [](const auto& each) { return each.second.why == Why::WrongCredentials; };
  return all_failed() && std::any_of(last_.begin(), last_.end(), is_wrong);
}

bool Registrations::all_ended() const {
  return std::all_of(last_.begin(), last_.end(), [](const auto& each) {
    return each.second.state == State::Unregistered || each.second.state == State::Failed;
  });
}

std::string Registrations::failure() const {
  const auto failed = [](const auto& each) { return each.second.state == State::Failed; };
  const auto says_more = [&](const auto& each) { return failed(each) && (each.second.status != 0 || !each.second.reason.empty()); };
  auto found = std::find_if(last_.begin(), last_.end(), says_more);
  if (found == last_.end()) found = std::find_if(last_.begin(), last_.end(), failed);
  return found == last_.end() ? "no answer" : words_for(found->second);
}

std::string Registrations::json() const {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (const auto& [id, event] : last_) {
    list.items.push_back(json_object({{"server", json_text(event.server)},
                                              {"registered", json_flag(event.state == State::Registered)}}));
  }
  return write_json(list);
}

void log_registration(const Changed& event, bool is_refresh) {
  switch (event.state) {
    case State::Registering: return;
    case State::Registered: {
      if (is_refresh) return log::debug("registration.refreshed", {{"server", event.server}});
      const std::string from = event.answered_by ? event.answered_by->to_string() : "";
      return log::info("registration.up", {{"server", event.server}, {"from", from}, {"expires_s", in_seconds(event.expires)}});
    }
    case State::Failed:
      return log::warning("registration.failed", {{"server", event.server}, {"why", word_for(event.why)}, {"status", event.status}, {"reason", event.reason},
                                                  {"retry_in_s", event.retry_in ? in_seconds(*event.retry_in) : -1}});
    case State::Unregistered: return log::info("registration.ended", {{"server", event.server}});
  }
}

}  // namespace offhook::inline v0::agent
