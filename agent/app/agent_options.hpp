#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/config/config.hpp>

namespace offhook::inline v0::agent {

/// Makes the options of the agent from a checked configuration. `default_dialogue` and the folder `default_silero` apply when the
/// configuration names none.
[[nodiscard]] AgentOptions to_agent_options(const config::Config& config, const std::string& default_dialogue, const std::string& default_silero = "");
[[nodiscard]] transcripts::TranscriptOptions transcript_options(const config::Config& config);
/// Makes the options of recordings, except `enabled`: the agent sets it from the profiles of its agents.
[[nodiscard]] recordings::RecordingOptions recording_options(const config::Config& config);
/// Returns the PBX in the form of SIP URIs: "pbx.example:5080". An IPv6 address is in brackets, and port 5060 is omitted.
[[nodiscard]] std::string host_and_port(const config::Sip& sip);
/// Returns the number of servers at which this configuration registers the extension; 0: it uses a trunk without a registration.
[[nodiscard]] std::size_t registrations_of(const config::Config& config);
/// Returns the embedded speaker's voice for a configured voice. A name that belongs to another provider gives the default voice.
[[nodiscard]] std::string embedded_voice(const std::string& voice);
/// Returns the folder of the call records; "" when none are kept.
[[nodiscard]] std::string records_folder(const config::Config& config);
/// Return the folder of transcripts and of recordings; "" when this machine has no default folder.
[[nodiscard]] std::string transcripts_folder(const config::Config& config);
[[nodiscard]] std::string recordings_folder(const config::Config& config);

/// Opens the capture of these options, and connects their taps to it. Returns null if nothing is captured. The error names the file that cannot be written.
[[nodiscard]] base::Result<std::unique_ptr<capture::WireCapture>, base::Error> open_capture(AgentOptions& options);

/// Changes `config` so that its agent can run while another agent with the same configuration runs on this machine: the agent then takes
/// neither the registration of the extension, nor the ports, nor the file of the capture.
void stand_beside_another(config::Config& config);

}  // namespace offhook::inline v0::agent
