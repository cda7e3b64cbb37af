#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/listen_choice.hpp>
#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/voice_format.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// The model that thinks, when it is not one that Deepgram offers: where it is asked, and with which key.
struct ThinkEndpoint {
  std::string url;
  config::Secret key;  ///< sent as "authorization: Bearer ..."; none: no header
};

/// What a Voice Agent is made of.
struct AgentSettings {
  static constexpr std::size_t kMaxKeyterms = 100;

  Server server = default_server();
  AudioFormat format = AudioFormat::Pcmu;          ///< both ways, without a container
  std::string listen_model = "flux";               ///< "flux": the one for the call's languages, nova-3 where it has not all of them
  std::vector<std::string> languages;              ///< BCP 47: that the caller may speak, where the call's is not known; none: any
  std::vector<std::string> keyterms;
  std::optional<FluxEnd> own_end;                  ///< where Flux listens, it ends turns; nothing: Offhook tells it where a turn ends
  std::uint32_t turn_timeout_ms = 10'000;          ///< silence after which Flux ends a turn that Offhook did not end; without `own_end` alone
  std::string think_type = "open_ai";
  std::string think_model = "gpt-4o-mini";
  std::optional<double> temperature;
  std::optional<ThinkEndpoint> think_endpoint;
  std::string voice = "aura-2-thalia-en";          ///< voice and language are in its name
  std::optional<double> speed;
  std::vector<std::string> tags;                   ///< of the usage in Deepgram's console
  bool mip_opt_out = false;                        ///< nothing of it may be used to make models better

  [[nodiscard]] static Server default_server() {
    Server server;
    server.base_url = "https://agent.deepgram.com";
    return server;
  }
};

/// What it is told of its call. The history and the tools live as long as the core.
struct AgentBriefing {
  std::string prompt;
  std::string language;  ///< BCP 47; "": any
  const History* history = nullptr;
  const std::vector<ToolDescription>* tools = nullptr;
};

/// The model that listens to a call in that language. Flux takes our word for the end of a turn (ForceEndTurn) where `own_end` is empty.
[[nodiscard]] ListenChoice listen_choice(const AgentSettings& settings, std::string_view language);

inline constexpr std::size_t kMaxPrompt = 24'000;      ///< octets; of the 25,000 characters that models of Deepgram's take
inline constexpr std::size_t kMaxContext = 64U << 10U;  ///< octets of the history that a new socket is told; the newest

/// The first message of a socket. Of the history all is told but what began `present_turn`: that is asked anew. A function that
/// cannot be undone waits until the caller's turn is over for sure, as all of ours do.
[[nodiscard]] std::string write_settings(const AgentSettings& settings, const AgentBriefing& briefing, std::uint32_t present_turn);

}  // namespace offhook::inline v0::agent::deepgram
