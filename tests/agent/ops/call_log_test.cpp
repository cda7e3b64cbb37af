#include "logged.hpp"

#include <offhook/agent/call_log.hpp>

using namespace offhook;
using namespace offhook::agent;

namespace {

std::string logged(const ConversationAction& what, records::KeepOptions keep, std::optional<bool> texts = std::nullopt) {
  return logged_by([&] { CallLog("call-1").on_action(what, texts, keep); });
}

}  // namespace

TEST_CASE("The log shows what was said only with transcripts, and which keys were pressed only where records do") {
  const CallerSaid spoken{2, "my words", 0.5, false, false}, keyed{2, "4711", 1, false, true};
  CHECK(logged(spoken, {false, true}).empty());
  CHECK(logged(AgentSaid{2, "our words", false}, {false, true}).empty());
  CHECK(logged(keyed, {false, true}).empty());
  CHECK(logged(spoken, {true, false}).find("call.caller_said call=call-1 text=\"my words\"") != std::string::npos);
  CHECK(logged(AgentSaid{2, "our words", false}, {true, false}).find("our words") != std::string::npos);
  CHECK(logged(keyed, {true, false}).find("text=**** ") != std::string::npos);
  CHECK(logged(keyed, {true, true}).find("text=4711 ") != std::string::npos);
  CHECK(logged(spoken, {true, false}, false).empty());  // Of this agent's calls nothing is kept.
  CHECK(logged(spoken, {false, false}, true).find("my words") != std::string::npos);
}
