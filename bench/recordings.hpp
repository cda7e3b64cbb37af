#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

using Pcm = std::vector<std::int16_t>;  ///< 8 kHz, mono

/// What a human voice recorded for Asterisk (Debian's asterisk-core-sounds-en-wav), without the shortest: at most `most`, the same ones
/// each time. Nothing where the package is not installed.
[[nodiscard]] std::vector<Pcm> recordings(std::size_t most);

/// Mean power of the frames within 20 dB of the loudest: what telephony calls the active level.
[[nodiscard]] double active_power(const Pcm& pcm);
/// Louder or fainter, to that active level.
void set_level(Pcm& pcm, double dbov);
/// From where the voice first comes within `below_db` of its active level.
[[nodiscard]] Pcm from_onset(const Pcm& pcm, double below_db);

}  // namespace offhook::bench
