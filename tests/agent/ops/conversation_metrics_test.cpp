#include "exposition.hpp"

#include <offhook/agent/ops/metrics.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook_test;
using namespace std::chrono_literals;

namespace {

struct Conversations : Metrics {
  Exposition read() const {
    auto read = read_exposition(page({}));
    for (const std::string& fault : read.faults) FAIL_CHECK(fault);
    return read;
  }
  template <class Action>
  void saw(Action action) { conversations().on_action(ConversationAction{std::move(action)}); }
};

tools::ToolEvent tool(std::string name, tools::ToolEvent::What what, std::optional<ToolClass> kind) { return {what, 1, std::move(name), "", kind}; }

}  // namespace

TEST_CASE_FIXTURE(Conversations, "The distribution of reply times has only replies to something that the caller said") {
  saw(ReplyBegan{1, std::nullopt});
  saw(ReplyBegan{2, 640ms});
  saw(ReplyBegan{3, 2400ms});
  const auto now = read();
  CHECK(now.value("offhook_replies_total") == 3);
  CHECK(now.value("offhook_reply_seconds_count") == 2);
  CHECK(now.value("offhook_reply_seconds_bucket", {{"le", "0.5"}}) == 0);
  CHECK(now.value("offhook_reply_seconds_bucket", {{"le", "0.75"}}) == 1);
  CHECK(now.value("offhook_reply_seconds_bucket", {{"le", "3"}}) == 2);
}

TEST_CASE_FIXTURE(Conversations, "The metrics count interrupted replies, and count the caller's turns by their kind") {
  saw(AgentSaid{1, "Welcome.", false});
  saw(AgentSaid{2, "I was about", true});
  saw(CallerSaid{2, "when do you open", 0.9, false, false});
  saw(CallerSaid{3, "", 0.1, true, false});
  saw(CallerSaid{4, "12", 1, false, true});
  const auto now = read();
  CHECK(now.value("offhook_replies_interrupted_total") == 1);
  for (const char* kind : {"understood", "not_understood", "digits"}) CHECK(now.value("offhook_caller_turns_total", {{"kind", kind}}) == 1);
}

TEST_CASE_FIXTURE(Conversations, "A failure counts for its provider, stage and kind; the failure of a whole session has the stage \"whole\"") {
  conversations().on_provider_failed("openai/think", FailureKind::RateLimited);
  conversations().on_provider_failed("openai/think", FailureKind::RateLimited);
  conversations().on_provider_failed("cascade a+b+c", FailureKind::Timeout);
  saw(ProviderSwitched{Stage::Think, "openai/think", "ollama/think", "429"});
  const auto now = read();
  CHECK(now.value("offhook_provider_failures_total", {{"provider", "openai"}, {"stage", "think"}, {"kind", "rate limited"}}) == 2);
  CHECK(now.value("offhook_provider_failures_total", {{"provider", "cascade a+b+c"}, {"stage", "whole"}, {"kind", "timeout"}}) == 1);
  CHECK(now.value("offhook_provider_switches_total", {{"stage", "think"}, {"from", "openai/think"}, {"to", "ollama/think"}}) == 1);
}

TEST_CASE_FIXTURE(Conversations, "The tokens of models are summed by service and kind, and a kind without tokens has no series") {
  saw(TokensUsed{1, "openai/think", 1200, 1024, 0, 40, 0});
  saw(TokensUsed{2, "openai/think", 1300, 0, 0, 60, 0});
  saw(TokensUsed{0, "openai/realtime", 500, 0, 300, 200, 150});
  const auto now = read();
  CHECK(now.value("offhook_tokens_total", {{"service", "openai/think"}, {"kind", "input"}}) == 2500);
  CHECK(now.value("offhook_tokens_total", {{"service", "openai/think"}, {"kind", "cached_input"}}) == 1024);
  CHECK(now.value("offhook_tokens_total", {{"service", "openai/think"}, {"kind", "output"}}) == 100);
  CHECK_FALSE(now.value("offhook_tokens_total", {{"service", "openai/think"}, {"kind", "audio_output"}}));
  CHECK(now.value("offhook_tokens_total", {{"service", "openai/realtime"}, {"kind", "audio_output"}}) == 150);
}

TEST_CASE_FIXTURE(Conversations, "The use of speech services is summed in characters and seconds. Their tokens are summed like the tokens of models") {
  ServiceUse spoken{"openai/speak"};
  spoken.characters = 120;
  conversations().on_use(spoken);
  conversations().on_use(spoken);
  ServiceUse heard{"deepgram/live"};
  heard.audio = std::chrono::milliseconds(2500);
  conversations().on_use(heard);
  ServiceUse agent{"deepgram/realtime"};
  agent.connected = std::chrono::seconds(60);
  conversations().on_use(agent);
  ServiceUse written{"openai/transcription"};
  written.input_tokens = 20;
  written.audio_input_tokens = 18;
  conversations().on_use(written);
  const auto now = read();
  CHECK(now.value("offhook_characters_total", {{"service", "openai/speak"}}) == 240);
  CHECK(now.value("offhook_service_seconds_total", {{"service", "deepgram/live"}, {"kind", "audio"}}) == 2.5);
  CHECK(now.value("offhook_service_seconds_total", {{"service", "deepgram/realtime"}, {"kind", "connected"}}) == 60);
  CHECK_FALSE(now.value("offhook_service_seconds_total", {{"service", "deepgram/live"}, {"kind", "connected"}}));
  CHECK(now.value("offhook_tokens_total", {{"service", "openai/transcription"}, {"kind", "audio_input"}}) == 18);
}

TEST_CASE_FIXTURE(Conversations, "A token count above kMostTokens is ignored [ServiceUse::kMostTokens]") {
  saw(TokensUsed{1, "a/think", ServiceUse::kMostTokens, 0, 0, ServiceUse::kMostTokens + 1, 0});
  const auto now = read();
  CHECK(now.value("offhook_tokens_total", {{"service", "a/think"}, {"kind", "input"}}) == static_cast<double>(ServiceUse::kMostTokens));
  CHECK_FALSE(now.value("offhook_tokens_total", {{"service", "a/think"}, {"kind", "output"}}));
}

TEST_CASE_FIXTURE(Conversations, "If a metric has its maximum number of series, each further series counts as \"other\" [BoundedCounters]") {
  const auto fail = [this](std::size_t i) { conversations().on_provider_failed("p" + std::to_string(i) + "/think", FailureKind::Network); };
  for (std::size_t i = 0; i < ConversationMetrics::kMaxFailures; ++i) fail(i);
  CHECK(read().samples.at("offhook_provider_failures_total").size() == ConversationMetrics::kMaxFailures);
  CHECK_FALSE(read().value("offhook_provider_failures_total", {{"provider", "other"}, {"stage", "other"}, {"kind", "other"}}));
  fail(ConversationMetrics::kMaxFailures);
  fail(ConversationMetrics::kMaxFailures + 1);
  fail(0);
  const auto now = read();
  CHECK(now.samples.at("offhook_provider_failures_total").size() == ConversationMetrics::kMaxFailures + 1);
  CHECK(now.value("offhook_provider_failures_total", {{"provider", "other"}, {"stage", "other"}, {"kind", "other"}}) == 2);
  CHECK(now.value("offhook_provider_failures_total", {{"provider", "p0"}, {"stage", "think"}, {"kind", "network"}}) == 2);
}

TEST_CASE_FIXTURE(Conversations, "Tool names that a model invents cause no new series") {
  using What = tools::ToolEvent::What;
  for (int i = 0; i < 1000; ++i) conversations().on_tool(tool("made_up_" + std::to_string(i), What::Refused, std::nullopt));
  conversations().on_tool(tool("book_table", What::Done, ToolClass::Write));
  const auto now = read();
  CHECK(now.samples.at("offhook_tool_calls_total").size() == 2);
  CHECK(now.value("offhook_tool_calls_total", {{"tool", "other"}, {"class", "other"}, {"outcome", "refused"}}) == 1000);
  CHECK(now.value("offhook_tool_calls_total", {{"tool", "book_table"}, {"class", "write"}, {"outcome", "done"}}) == 1);
}

TEST_CASE("The value of a label is cut, and its special characters are escaped [BoundedCounters::kMaxLabelOctets]") {
  prometheus::Registry registry;
  BoundedCounters counters(registry, "tries_total", "Tries.", 8);
  const std::string quoted = "a \"b\"\\\nc", fits(BoundedCounters::kMaxLabelOctets, 'x');
  counters.add({{"name", quoted}});
  counters.add({{"name", fits}});
  counters.add({{"name", fits + "x"}});
  const auto now = read_exposition(text_of(registry.Collect()));
  CHECK(now.faults.empty());
  CHECK(now.value("tries_total", {{"name", quoted}}) == 1);
  CHECK(now.value("tries_total", {{"name", fits}}) == 2);
}

TEST_CASE("Failures of registrations are counted by their reason") {
  Metrics metrics;
  metrics.on_registration_failed(sip::RegistrationChanged::Why::NoAnswer);
  const auto now = read_exposition(metrics.page({}));
  CHECK(now.value("offhook_registration_failures_total", {{"why", "no_answer"}}) == 1);
  CHECK(now.value("offhook_registration_failures_total", {{"why", "refused"}}) == 0);
}
