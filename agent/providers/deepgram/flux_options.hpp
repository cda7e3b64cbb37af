#pragma once

#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/listen_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

struct FluxOptions {
  static constexpr std::size_t kMaxKeyterms = ListenOptions::kMaxKeyterms;  ///< more are left out

  Server server;
  std::string model = "flux-general-multi";
  std::vector<std::string> hints;      ///< of flux-general-multi: languages that it has, such as "de"
  Sound sound;
  std::vector<std::string> keyterms;   ///< names and words that are likely to be said
  std::optional<FluxEnd> own_end;      ///< Flux ends the caller's turns; nothing: it ends none, and Offhook tells it where a turn ends
  bool mip_opt_out = false;            ///< nothing of it may be used to make models better
  std::string tag;                     ///< for the account's own books
  FollowedLanguage followed{};         ///< the language that is heard over a socket is noted in it
  TellUse tell_use{};                  ///< the audio that was sent
};

/// What /v2/listen is asked for.
[[nodiscard]] Query flux_query(const FluxOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
