#pragma once

#include <offhook/agent/app/call_thread.hpp>
#include <offhook/agent/call/incoming.hpp>
#include <offhook/agent/sessions/call_conversation.hpp>
#include <offhook/agent/sessions/session_factory.hpp>

#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// The values that are fixed when a call begins: its agent, and the facts about the call.
struct CallSetup {
  AgentDirectory::Profile profile;
  CallFacts facts;
  prompts::CallVariables variables;
  std::uint32_t port_rate_hz = 16000;
  MachinePolicy machine = MachinePolicy::Ignore;   ///< what the agent does if a machine answers an outgoing call
  std::shared_ptr<recordings::CallRecording> recording = nullptr;  ///< null: the call is not recorded
};

[[nodiscard]] CallSetup set_up(const AgentDirectory& directory, const call::Incoming& call);
/// Makes the set-up of an outgoing call to `target`.
[[nodiscard]] CallSetup set_up(const AgentDirectory& directory, const call::Party& own, const call::Party& target);

/// Returns the function that fetches the call's context, if its agent has a source of context, and then makes the plan of its session. The call's
/// thread invokes `trouble` with the reason for each context that is missing, `on_use` for each use of a provider, and `on_failure` for each failure
/// of a service.
[[nodiscard]] Preparation prepare(std::shared_ptr<const SessionFactory> factory, CallSetup setup, media::AudioCodec codec, CallThread& thread,
                                  std::function<void(const tools::ToolEvent&)> on_tool_event, std::function<void(const std::string&)> trouble,
                                  ReportUse on_use = {}, ReportFailure on_failure = {});

}  // namespace offhook::inline v0::agent
