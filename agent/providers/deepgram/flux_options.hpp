#pragma once

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
  /// 0.5 to 0.9: the server ends turns of its own when it is so sure, and a turn of ours that ends where it has ended one waits for nothing.
  /// Nothing: it ends none, and the end of our turn is told to it.
  std::optional<double> eot_threshold;
  bool mip_opt_out = false;            ///< nothing of it may be used to make models better
  std::string tag;                     ///< for the account's own books
  FollowedLanguage followed{};         ///< the language that is heard over a socket is noted in it
};

/// What /v2/listen is asked for.
[[nodiscard]] Query flux_query(const FluxOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
