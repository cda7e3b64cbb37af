#include <offhook/agent/sessions/session_factory.hpp>

#include <offhook/agent/sessions/conversation_options.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

ProviderPtr provider(ProviderKind kind, std::string name) {
  auto made = std::make_shared<ProviderProfile>();
  made->kind = kind;
  made->name = std::move(name);
  made->base_url = "http://127.0.0.1:9/v1";
  return made;
}

AgentProfile profile(SessionWay way, std::vector<media::AudioCodec> codecs) {
  AgentProfile made;
  made.sessions = {std::move(way)};
  made.codecs = std::move(codecs);
  return made;
}

}  // namespace

TEST_CASE("Telephone sound passes as it is where the first way is a Realtime one and G.711 comes first") {
  using media::AudioCodec;
  const auto openai = provider(ProviderKind::OpenAi, "openai");
  CHECK(SessionFactory::port_rate_hz(profile(RealtimeWay{openai}, {AudioCodec::Pcmu, AudioCodec::G722})) == 8000);
  CHECK(SessionFactory::port_rate_hz(profile(RealtimeWay{openai}, {AudioCodec::G722, AudioCodec::Pcmu})) == 16000);
  CHECK(SessionFactory::port_rate_hz(profile(CascadeWay{{openai}, {openai}, {openai}}, {AudioCodec::Pcmu})) == 16000);
}

TEST_CASE("A profile's times and sentences are the conversation's; what it does not say stays as it was") {
  AgentProfile made = profile(RealtimeWay{provider(ProviderKind::OpenAi, "openai")}, {media::AudioCodec::Pcmu});
  made.limits.think = 5s;
  made.limits.end_of_turn = 700ms;
  made.sentences.apology = "Sorry.";
  made.fallback.transfer_to = "6000";
  ConversationOptions usual;
  usual.ring_for = 2s;
  const auto options = conversation_options(made, usual);
  CHECK(options.think_deadline == 5s);
  CHECK(options.end_of_turn == 700ms);
  CHECK(options.apology == "Sorry.");
  CHECK(options.transfer_when_lost == "6000");
  CHECK(options.ring_for == 2s);
  CHECK(options.failure_goodbye == ConversationOptions{}.failure_goodbye);
}

TEST_CASE("A book whose dialogue cannot be read is not adopted, and the error names the file") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  options.embedded.dialogue_path = "nowhere/dialogue.json";
  SessionFactory factory(options);
  const auto local = provider(ProviderKind::Local, "local");
  const auto made = std::make_shared<AgentProfile>(profile(CascadeWay{{local}, {local}, {local}}, {media::AudioCodec::G722}));
  const auto adopted = factory.adopt(AgentBook({}, made));
  REQUIRE_FALSE(adopted);
  CHECK(adopted.error().detail.find("nowhere/dialogue.json") != std::string::npos);
}

TEST_CASE("A book of language models alone loads no recogniser") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  options.embedded.dialogue_path = "nowhere/dialogue.json";
  SessionFactory factory(options);
  const auto made = std::make_shared<AgentProfile>(profile(RealtimeWay{provider(ProviderKind::OpenAi, "openai")}, {media::AudioCodec::Pcmu}));
  CHECK(factory.adopt(AgentBook({}, made)));
  CHECK(factory.is_warm());
}
