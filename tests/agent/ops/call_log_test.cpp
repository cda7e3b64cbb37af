#include "logged.hpp"

#include <offhook/agent/sessions/call_log.hpp>

using namespace offhook;
using namespace offhook::agent;

namespace {

std::string logged(const ConversationAction& what, records::KeepOptions keep, std::optional<bool> texts = std::nullopt) {
  return logged_by([&] { CallLog("call-1").on_action(what, texts, keep); });
}

}  // namespace

TEST_CASE("The log line of a connected call names provider, model and voice, or \"unknown\"") {
  const auto up = [](const records::CallRecord::Service& by) { return logged_by([&] { CallLog("k3x9").up("PCMU", "", by); }); };
  CHECK(up({"openai/realtime", "gpt-realtime", "marin"}).find("call.up call=k3x9 codec=PCMU encryption=none provider=openai/realtime model=gpt-realtime voice=marin\n") != std::string::npos);
  CHECK(up({}).find("call.up call=k3x9 codec=PCMU encryption=none provider=unknown model=unknown voice=unknown\n") != std::string::npos);
  CHECK(up({"local/listen+local/think+local/speak", "", "slt"}).find("model=\"\" voice=slt\n") != std::string::npos);
  CHECK(logged_by([] { CallLog("k3x9").up("PCMU", "SRTP AEAD_AES_256_GCM, keys in SDP", {}); }).find("encryption=\"SRTP AEAD_AES_256_GCM, keys in SDP\"") != std::string::npos);
}

TEST_CASE("Each failure, retry and failover is one log line with the call's id and the reason") {
  const auto shown = [](const ConversationAction& what) { return logged(what, {}); };
  const auto has = [](const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; };
  CHECK(has(shown(TryAgain{Stage::Think, "nothing came in time"}), "warning call.failed call=call-1 stage=think why=\"nothing came in time\""));
  CHECK(has(shown(ProviderSwitched{Stage::Think, "openai/think", "ollama/think", "429", {"llama3", ""}}),
            "warning call.trouble call=call-1 stage=think from=openai/think to=ollama/think model=llama3 voice=\"\" why=429"));
  CHECK(has(shown(ServiceRetried{Stage::Speak, "azure/speak", {"the socket closed", kAsksAgain}}),
            "info    call.retry call=call-1 stage=speak service=azure/speak why=\"the socket closed\" then=\"asks again\""));
  CHECK(has(shown(GaveUp{Stage::Listen}), "warning call.gave_up call=call-1 stage=listen detail="));
  CHECK(has(shown(TurnRefused{3, "the filter"}), "warning call.turn_refused call=call-1 turn=3 why=\"the filter\""));
  CHECK(has(shown(CancelThinking{3, "the caller spoke over it"}), "info    call.reply_cancelled call=call-1 turn=3 why=\"the caller spoke over it\""));
}

TEST_CASE("The log shows spoken words only if transcripts are on, and pressed keys only if the records also keep keys") {
  const CallerSaid spoken{2, "my words", 0.5, false, false}, keyed{2, "4711", 1, false, true};
  CHECK(logged(spoken, {false, true}).empty());
  CHECK(logged(AgentSaid{2, "our words", false}, {false, true}).empty());
  CHECK(logged(keyed, {false, true}).empty());
  CHECK(logged(spoken, {true, false}).find("call.caller_said call=call-1 text=\"my words\"") != std::string::npos);
  CHECK(logged(AgentSaid{2, "our words", false}, {true, false}).find("our words") != std::string::npos);
  CHECK(logged(keyed, {true, false}).find("text=**** ") != std::string::npos);
  CHECK(logged(keyed, {true, true}).find("text=4711 ") != std::string::npos);
  CHECK(logged(spoken, {true, false}, false).empty());  // The profile of this agent keeps no transcript.
  CHECK(logged(spoken, {false, false}, true).find("my words") != std::string::npos);
}
