#pragma once

#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/listen_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

struct FluxOptions {
  static constexpr std::size_t kMaxKeyterms = ListenOptions::kMaxKeyterms;  ///< most keyterms; further keyterms are omitted

  Server server;
  std::string model = "flux-general-multi";
  std::vector<std::string> hints;      ///< for flux-general-multi: languages that it supports, such as "de"
  Sound sound;
  std::vector<std::string> keyterms;   ///< names and words that callers are likely to say
  std::optional<FluxEnd> own_end;      ///< Flux ends turns by these parameters; nullopt: Offhook ends turns
  bool mip_opt_out = false;            ///< true: Deepgram may not use the audio to improve its models
  std::string tag;                     ///< label for the account's own accounting
  FollowedLanguage followed{};         ///< stores the language that is detected on a socket
  ReportUse report_use{};              ///< gets the amount of audio that was sent
};

/// Returns the query of /v2/listen.
[[nodiscard]] Query flux_query(const FluxOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
