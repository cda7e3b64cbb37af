#include <offhook/agent/call_log.hpp>
#include <offhook/agent/ops/log.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <string>

using namespace offhook;
using namespace offhook::agent;

namespace {

/// What `line` puts into the log, on standard output.
std::string logged(ConversationAction what, records::KeepOptions keep, std::optional<bool> texts = std::nullopt) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  ::dup2(::fileno(file), STDOUT_FILENO);
  log_line({"call-1", std::move(what), texts}, keep);
  std::fflush(stdout);
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
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
