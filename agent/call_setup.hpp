#pragma once

#include <offhook/agent/attended_call.hpp>
#include <offhook/agent/call_thread.hpp>
#include <offhook/agent/sessions/session_factory.hpp>
#include <offhook/sip/stack/events.hpp>

#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// What is settled at a call's INVITE: whose call it is, and what is known of it.
struct CallSetup {
  AgentBook::Profile profile;
  CallFacts facts;
  prompts::CallVariables variables;
  std::uint32_t port_rate_hz = 16000;
  MachinePolicy machine = MachinePolicy::Ignore;   ///< of a call of ours
  std::shared_ptr<recordings::CallRecording> recording = nullptr;  ///< null: none
};

[[nodiscard]] CallSetup set_up(const AgentBook& book, const sip::IncomingCall& call);
/// For a call of ours to `target`.
[[nodiscard]] CallSetup set_up(const AgentBook& book, const std::string& own_address, const std::string& target);

/// Gets the call's context, if its agent wants one, and makes the plan. `trouble` is told what could not be had, `on_use` what is used
/// of providers, and `on_failure` what their services did not do, on the call's thread.
[[nodiscard]] Preparation prepare(std::shared_ptr<const SessionFactory> factory, CallSetup setup, media::AudioCodec codec, CallThread& thread,
                                  std::function<void(const tools::ToolEvent&)> on_tool_event, std::function<void(const std::string&)> trouble,
                                  TellUse on_use = {}, TellFailure on_failure = {});

}  // namespace offhook::inline v0::agent
