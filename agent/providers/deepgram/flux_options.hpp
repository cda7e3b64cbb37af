#pragma once

#include <offhook/agent/providers/deepgram/listen_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

struct FluxOptions {
  static constexpr std::size_t kMaxKeyterms = ListenOptions::kMaxKeyterms;  ///< more are left out

  Server server;
  std::string model;                   ///< "": flux-general-en when the call is in English, else flux-general-multi
  std::string language;                ///< BCP 47; "": that of the call, and any when it has none
  Sound sound;
  std::vector<std::string> keyterms;   ///< names and words that are likely to be said
  /// 0.5 to 0.9: the server ends turns of its own when it is so sure, and a turn of ours that ends where it has ended one waits for nothing.
  /// Nothing: it ends none, and the end of our turn is told to it.
  std::optional<double> eot_threshold;
  bool mip_opt_out = false;            ///< nothing of it may be used to make models better
  std::string tag;                     ///< for the account's own books
};

/// Which model it is for a call in `language` (BCP 47, or "").
[[nodiscard]] std::string flux_model_of(const FluxOptions& options, const std::string& language);
/// What /v2/listen is asked for.
[[nodiscard]] Query flux_query(const FluxOptions& options, const std::string& language);

}  // namespace offhook::inline v0::agent::deepgram
