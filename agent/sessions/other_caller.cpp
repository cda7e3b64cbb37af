#include <offhook/agent/sessions/other_caller.hpp>

#include <offhook/agent/prompts/call_variables.hpp>
#include <offhook/sip/message/uri.hpp>

namespace offhook::inline v0::agent {

std::string user_of(const std::string& uri) {
  const auto parsed = sip::parse_uri(uri);
  return parsed && !parsed->user.empty() ? sip::unescape(parsed->user) : uri;
}

const sip::Party& person_of(const sip::PeerChanged& changed) { return changed.asserted ? *changed.asserted : changed.from; }

std::string named_for_model(const sip::Party& party) {
  const std::string name = prompts::cleaned(party.display), number = prompts::cleaned(user_of(party.uri));
  return prompts::marked_data(name.empty() || name == number ? number : name + ", " + number);
}

}  // namespace offhook::inline v0::agent
