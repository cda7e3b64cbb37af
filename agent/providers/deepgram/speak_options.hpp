#pragma once

#include <offhook/agent/providers/deepgram/server.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::deepgram {

struct SpeakOptions {
  static constexpr std::size_t kMaxChars = 1800;  ///< longest utterance; the service accepts 2000 at once

  Server server;
  std::string model = "aura-2-thalia-en";  ///< the name contains voice and language
  std::uint32_t rate_hz = 8000;            ///< rate of the 16-bit samples in the response: 8000, 16000 or 24000
  std::optional<double> speed;             ///< used over a WebSocket only
  bool mip_opt_out = false;                ///< true: Deepgram may not use the text to improve its models
};

/// Returns the query of /v1/speak over a WebSocket, whose audio is raw.
[[nodiscard]] Query live_query(const SpeakOptions& options);
/// Returns the query of POST /v1/speak. Without `container=none`, the caller would hear the header of a WAV as a click.
[[nodiscard]] Query http_query(const SpeakOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
