#pragma once

#include <offhook/agent/agent.hpp>
#include <offhook/agent/config/config.hpp>

namespace offhook::inline v0::agent {

/// What a checked configuration means for the agent. `default_dialogue` and the folder `default_silero` are used when the configuration
/// names none.
[[nodiscard]] AgentOptions to_agent_options(const config::Config& config, const std::string& default_dialogue, const std::string& default_silero = "");
[[nodiscard]] transcripts::TranscriptOptions transcript_options(const config::Config& config);
/// Its `enabled` is not set: the agents say whether.
[[nodiscard]] recordings::RecordingOptions recording_options(const config::Config& config);
/// The PBX as SIP URIs name it: "pbx.example:5080". An IPv6 address stands in brackets, and port 5060 is left out.
[[nodiscard]] std::string host_and_port(const config::Sip& sip);
/// At how many servers the agent of this configuration keeps itself registered; 0: it uses a trunk without a registration.
[[nodiscard]] std::size_t registrations_of(const config::Config& config);
/// The embedded speaker's voice for a configured one: a name of another provider's voice means its usual one.
[[nodiscard]] std::string embedded_voice(const std::string& voice);
/// Where its records are kept; "": nowhere.
[[nodiscard]] std::string records_folder(const config::Config& config);
/// Likewise for transcripts and recordings; "" where this machine has no usual place.
[[nodiscard]] std::string transcripts_folder(const config::Config& config);
[[nodiscard]] std::string recordings_folder(const config::Config& config);

/// An agent with the same configuration may run on this machine: it keeps the extension's registration and its ports.
void stand_beside_another(config::Config& config);

}  // namespace offhook::inline v0::agent
