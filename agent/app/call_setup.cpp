#include <offhook/agent/app/call_setup.hpp>

#include <offhook/agent/sessions/context_fetch.hpp>

#include <chrono>
#include <ctime>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

/// Returns the local time of this machine.
std::chrono::local_seconds local_now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return std::chrono::local_seconds(std::chrono::seconds(now + local.tm_gmtoff));
}

CallSetup finish(const AgentDirectory& directory, CallFacts facts, std::string caller_name) {
  CallSetup setup;
  setup.profile = directory.choose(facts);
  setup.variables.caller = facts.caller;
  setup.variables.called = facts.called;
  setup.variables.caller_name = std::move(caller_name);
  setup.variables.headers = facts.headers;
  setup.variables.now = local_now();
  setup.facts = std::move(facts);
  return setup;
}

}  // namespace

CallSetup set_up(const AgentDirectory& directory, const call::Incoming& call) {
  return finish(directory, {call.caller.number, call.to.number, call.fields, call.caller_verified}, call.caller.name);
}

CallSetup set_up(const AgentDirectory& directory, const call::Party& own, const call::Party& target) {
  return finish(directory, {own.number, target.number, {}, true}, {});
}

Preparation prepare(std::shared_ptr<const SessionFactory> factory, CallSetup setup, media::AudioCodec codec, CallThread& thread,
                    std::function<void(const tools::ToolEvent&)> on_tool_event, std::function<void(const std::string&)> trouble, ReportUse on_use,
                    ReportFailure on_failure) {
  auto shared = std::make_shared<CallSetup>(std::move(setup));
  return [factory = std::move(factory), shared, codec, &thread, on_tool_event = std::move(on_tool_event),
          trouble = std::move(trouble), on_use = std::move(on_use), on_failure = std::move(on_failure)](std::function<void(ConversationPlan)> ready) -> std::shared_ptr<void> {
    const auto make_plan = [factory, shared, codec, &thread, on_tool_event, on_use, on_failure, ready = std::move(ready)] {
      CallFound found{shared->variables, codec, shared->port_rate_hz, on_tool_event};
      found.on_use = on_use;
      found.on_failure = on_failure;
      if (shared->recording) found.pause_recording = [recording = shared->recording](bool paused) {
          return recording->pause(Pauser::Model, paused);
        };
      auto plan = factory->plan(shared->profile, std::move(found), thread.edges());
      plan.options.machine = shared->machine;
      ready(std::move(plan));
    };
    const auto& context = shared->profile->context;
    const bool is_withheld = context && context->verified && !shared->facts.caller_verified;
    if (is_withheld) trouble("the caller's number is not verified: this call has no context (/agent/context/verified)");
    if (!context || is_withheld) {
      make_plan();
      return nullptr;
    }
    return std::make_shared<ContextFetch>(
        *context, shared->facts.caller, shared->facts.called, thread.edges(), factory->pool(),
        [&thread](std::function<void()> task) { thread.conversations().post(std::move(task)); },
        [shared, make_plan, trouble](ContextFetch::Values values, const std::string& what) {
          shared->variables.context = std::move(values);
          if (!what.empty()) trouble(what);
          make_plan();
        });
  };
}

}  // namespace offhook::inline v0::agent
