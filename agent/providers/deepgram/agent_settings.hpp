#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/listen_choice.hpp>
#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/agent/support/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// The address and the key of a thinking model that Deepgram does not offer.
struct ThinkEndpoint {
  std::string url;
  Secret key;  ///< sent as "authorization: Bearer ..."; empty: no header
};

/// The configuration of a Voice Agent.
struct AgentSettings {
  static constexpr std::size_t kMaxKeyterms = 100;

  Server server = default_server();
  AudioFormat format = AudioFormat::Pcmu;          ///< the format in both directions, without a container
  std::string listen_model = "flux";               ///< "flux" selects the Flux model for the call's languages, or nova-3 if Flux lacks one of them
  std::vector<std::string> languages;              ///< BCP 47: languages that the caller may speak, if the call's language is unknown; empty: any
  std::vector<std::string> keyterms;
  std::optional<FluxEnd> own_end;                  ///< how Flux ends turns, if Flux listens; nullopt: Offhook ends turns
  std::uint32_t turn_timeout_ms = 10'000;          ///< silence after which Flux ends a turn that Offhook did not end; used only without `own_end`
  std::string think_type = "open_ai";
  std::string think_model = "gpt-4o-mini";
  std::optional<double> temperature;
  std::optional<ThinkEndpoint> think_endpoint;
  std::string voice = "aura-2-thalia-en";          ///< the name contains voice and language
  std::optional<double> speed;
  std::vector<std::string> tags;                   ///< labels for the usage in Deepgram's console
  bool mip_opt_out = false;                        ///< true: Deepgram may not use the audio to improve its models

  [[nodiscard]] static Server default_server() {
    Server server;
    server.base_url = "https://agent.deepgram.com";
    return server;
  }
};

/// The call's data for the server. The history and the tools must outlive the core.
struct AgentBriefing {
  std::string prompt;
  std::string language;  ///< language of the call, BCP 47; "": not known
  const History* history = nullptr;
  const std::vector<ToolDescription>* tools = nullptr;
};

/// Returns the model that listens to a call in `language`. If `own_end` is empty, Flux accepts Offhook's end of a turn
/// (ForceEndTurn).
[[nodiscard]] ListenChoice listen_choice(const AgentSettings& settings, std::string_view language);

inline constexpr std::size_t kMaxPrompt = 24'000;      ///< longest prompt, in octets; Deepgram's models accept 25,000 characters
inline constexpr std::size_t kMaxContext = 64U << 10U;  ///< longest history for a new socket, in octets; only the newest part of a longer one is sent

/// Writes the first message of a socket. It contains the history without the input of `present_turn`, because that input is sent again. It makes the
/// server call functions only after the caller's turn has certainly ended, because the effect of a function cannot be undone.
[[nodiscard]] std::string write_settings(const AgentSettings& settings, const AgentBriefing& briefing, std::uint32_t present_turn);

}  // namespace offhook::inline v0::agent::deepgram
