#include <offhook/agent/sessions/other_caller.hpp>

#include <offhook/agent/prompts/call_variables.hpp>

namespace offhook::inline v0::agent {

std::string named_for_model(const call::Party& party) {
  const std::string name = prompts::cleaned(party.name), number = prompts::cleaned(party.number);
  return prompts::marked_data(name.empty() || name == number ? number : name + ", " + number);
}

}  // namespace offhook::inline v0::agent
