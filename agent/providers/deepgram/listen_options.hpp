#pragma once

#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/followed_language.hpp>
#include <offhook/agent/providers/service_use.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// How the caller's audio travels: G.711 as it comes from the telephone line, one octet a sample, or 16-bit little-endian samples.
struct Sound {
  enum class Encoding : std::uint8_t { Mulaw, Alaw, Linear16 };
  Encoding encoding = Encoding::Mulaw;
  std::uint32_t rate_hz = 8000;

  [[nodiscard]] std::size_t octets_per_sample() const { return encoding == Encoding::Linear16 ? 2 : 1; }
  [[nodiscard]] std::size_t octets_of(std::size_t ms) const { return ms * rate_hz / 1000 * octets_per_sample(); }
};
[[nodiscard]] std::string_view to_string(Sound::Encoding encoding);
/// Appends `pcm` to `out`.
void encode_sound(const Sound& sound, std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out);

struct ListenOptions {
  static constexpr std::size_t kMaxKeyterms = 100;  ///< more are left out

  Server server;
  std::string model = "nova-3";
  std::string language;                ///< as Deepgram has it ("en-GB", "multi"); "": that of the call, and multi when it has none
  Sound sound;
  std::vector<std::string> keyterms;   ///< names and words that are likely to be said; nova-3 alone has them
  std::optional<int> endpointing_ms;   ///< silence after which words are final; 0: never; nothing: 300, or 100 with multi
  bool punctuate = true;
  bool smart_format = false;           ///< dates and numbers as people write them: it waits for their end
  bool numerals = false;
  bool mip_opt_out = false;            ///< nothing of it may be used to make models better
  std::string tag;                     ///< for the account's own books
  FollowedLanguage followed{};         ///< the language that is heard over a socket is noted in it
  TellUse tell_use{};                  ///< the audio that was sent
};

/// What both ways of listening ask for.
[[nodiscard]] Query whole_turn_query(const ListenOptions& options);
/// What /v1/listen is asked for over a WebSocket.
[[nodiscard]] Query live_query(const ListenOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
