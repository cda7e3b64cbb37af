#include <offhook/agent/app/call_setup.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace offhook;
using namespace offhook::agent;

namespace {

struct NoEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { std::abort(); }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { std::abort(); }
};

/// A recorded call with a model that may pause the recording.
struct RecordedCall {
  CallThread thread{[](auto&) { return std::make_unique<NoEdges>(); }};
  std::shared_ptr<recordings::CallRecording> recording =
      std::make_shared<recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>());
  std::unique_ptr<ToolBox> tools;
  int orders = 0;

  RecordedCall() {
    const auto provider = std::make_shared<ProviderProfile>();
    provider->kind = &openai::kOpenAi;
    const auto profile = std::make_shared<AgentProfile>();
    profile->sessions = {RealtimeWay{provider}};
    profile->codecs = {media::AudioCodec::Pcmu};
    profile->tools = {{BuiltInTool::PauseRecording, Confirm::Never, 1, {}}};
    CallSetup setup;
    setup.profile = profile;
    setup.recording = recording;
    const auto preparation = prepare(std::make_shared<SessionFactory>(FactoryOptions{}), std::move(setup), media::AudioCodec::Pcmu, thread, {}, {});
    (void)preparation([this](const ConversationPlan& plan) { tools = plan.tools(); });
    REQUIRE(tools);
  }

  std::string order(bool paused) {
    tools->run({1, std::to_string(++orders), "pause_recording", paused ? R"({"paused":true})" : R"({"paused":false})"});
    const auto told = tools->poll();
    REQUIRE(told);
    return told->result;
  }
};

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(RecordedCall, "A model can end only its own pause. If an operator's pause remains, the tool result tells the model so") {
  recording->pause(Pauser::Operator, true);
  CHECK(has(order(true), "nothing is recorded"));
  CHECK(recording->pause(Pauser::Operator, true).by_model);
  CHECK(has(order(false), "An operator keeps the recording paused"));
  CHECK(recording->state() == RecordingState::Paused);
  CHECK_FALSE(recording->pause(Pauser::Operator, false).by_model);
  CHECK(recording->state() == RecordingState::Recording);
}

TEST_CASE_FIXTURE(RecordedCall, "After a model has resumed the recording, it may pause the recording again, even beyond the max_per_call of the tool") {
  for (int i = 0; i < 3; ++i) {
    (void)order(true);
    CHECK(recording->state() == RecordingState::Paused);
    CHECK(has(order(false), "recorded again"));
    CHECK(recording->state() == RecordingState::Recording);
  }
}

TEST_CASE_FIXTURE(RecordedCall, "If the recording has ended, the tool result tells the model so") {
  recording->stop();
  CHECK(has(order(false), "has ended: nothing is recorded"));
}

TEST_CASE("set_up() takes the caller of an incoming call from Incoming::caller, not from From. In an outgoing call, Offhook is the caller") {
  const AgentDirectory directory({}, std::make_shared<AgentProfile>());
  call::Incoming call;
  call.from = {"sip:1001@pbx.example", "Bea", "1001"};
  call.caller = {"sip:+431234@pbx.example", "Desk", "+431234"};
  call.to.number = "6001";
  call.fields = {{"X-Queue", "sales"}};
  for (const bool verified : {false, true}) {
    call.caller_verified = verified;
    const CallSetup setup = set_up(directory, call);
    CHECK(setup.facts.caller == "+431234");
    CHECK(setup.facts.caller_verified == verified);
    CHECK(setup.facts.called == "6001");
    CHECK(setup.facts.headers == call.fields);
    CHECK(setup.variables.caller_name == "Desk");
  }
  const CallSetup outgoing = set_up(directory, {"sip:6001@pbx.example", {}, "6001"}, {"sip:1001@pbx.example", {}, "1001"});
  CHECK(outgoing.facts.caller == "6001");
  CHECK(outgoing.facts.called == "1001");
  CHECK(outgoing.facts.caller_verified);
}

TEST_CASE("A call from an unverified caller gets no context for verified callers, and the log names the reason") {
  CallThread thread{[](auto&) { return std::make_unique<NoEdges>(); }};
  const auto provider = std::make_shared<ProviderProfile>();
  provider->kind = &openai::kOpenAi;
  const auto profile = std::make_shared<AgentProfile>();
  profile->sessions = {RealtimeWay{provider}};
  profile->codecs = {media::AudioCodec::Pcmu};
  profile->context.emplace();
  profile->context->url = "https://crm.example/who";
  profile->context->verified = true;
  CallSetup setup;
  setup.profile = profile;
  std::string told;
  bool is_ready = false;
  const auto preparation = prepare(std::make_shared<SessionFactory>(FactoryOptions{}), std::move(setup), media::AudioCodec::Pcmu, thread, {},
                                   [&told](const std::string& trouble) { told = trouble; });
  (void)preparation([&is_ready](const ConversationPlan&) { is_ready = true; });  // A fetch through NoEdges would end the process.
  CHECK(is_ready);
  CHECK(has(told, "not verified"));
}
