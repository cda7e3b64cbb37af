#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

using Pcm = std::vector<std::int16_t>;  ///< 8 kHz, mono

/// Returns at most `most` recordings of a human voice, made for Asterisk (Debian's asterisk-core-sounds-en-wav), without the shortest ones. The
/// result is the same each time, and empty when the package is not installed.
[[nodiscard]] std::vector<Pcm> recordings(std::size_t most);

/// Returns the mean power of the frames within 20 dB of the loudest frame, which telephony calls the active level.
[[nodiscard]] double active_power(const Pcm& pcm);
/// Scales `pcm` to this active level.
void set_level(Pcm& pcm, double dbov);
/// Returns the part from the point where the voice first comes within `below_db` of its active level.
[[nodiscard]] Pcm from_onset(const Pcm& pcm, double below_db);

}  // namespace offhook::bench
