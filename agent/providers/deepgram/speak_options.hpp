#pragma once

#include <offhook/agent/providers/deepgram/server.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::deepgram {

struct SpeakOptions {
  static constexpr std::size_t kMaxChars = 1800;  ///< of one utterance: of the 2000 that the service takes at once

  Server server;
  std::string model = "aura-2-thalia-en";  ///< voice and language are in its name
  std::uint32_t rate_hz = 8000;            ///< of the 16-bit samples that come: 8000, 16000 or 24000
  std::optional<double> speed;             ///< over a WebSocket only
  bool mip_opt_out = false;                ///< nothing of it may be used to make models better
};

/// What /v1/speak is asked for over a WebSocket: its audio is raw.
[[nodiscard]] Query live_query(const SpeakOptions& options);
/// What it is asked for by HTTP: without `container=none` a WAV's header would be heard as a click.
[[nodiscard]] Query http_query(const SpeakOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
