#pragma once

#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/followed_language.hpp>
#include <offhook/agent/providers/transcription/sound.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

struct ListenOptions {
  static constexpr std::size_t kMaxKeyterms = 100;  ///< most keyterms; further keyterms are omitted

  Server server;
  std::string model = "nova-3";
  std::string language;                ///< as Deepgram writes it ("en-GB", "multi"); "" selects the language of the call, or multi if it is unknown
  Sound sound;
  std::vector<std::string> keyterms;   ///< names and words that callers are likely to say; only nova-3 supports them
  std::optional<int> endpointing_ms;   ///< silence in ms after which words are final; 0: never; nullopt: 300, or 100 with multi
  bool punctuate = true;
  bool smart_format = false;           ///< writes dates and numbers as people do; the server therefore waits until they are complete
  bool numerals = false;
  bool mip_opt_out = false;            ///< true: Deepgram may not use the audio to improve its models
  std::string tag;                     ///< label for the account's own accounting
  FollowedLanguage followed{};         ///< stores the language that is detected on a socket
  ReportUse report_use{};              ///< gets the amount of audio that was sent
};

/// Returns the query of POST /v1/listen.
[[nodiscard]] Query whole_turn_query(const ListenOptions& options);
/// Returns the query of /v1/listen over a WebSocket: whole_turn_query() and further parameters.
[[nodiscard]] Query live_query(const ListenOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
