#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

using Pcm = std::vector<std::int16_t>;  ///< 8 kHz, mono

/// Returns at most `most` recordings of a human voice that were made for Asterisk (Debian's asterisk-core-sounds-en-wav). Leaves out the
/// shortest recordings. The result is the same each time. It is empty if the package is not installed.
[[nodiscard]] std::vector<Pcm> recordings(std::size_t most);

/// Returns the mean power of those frames that are within 20 dB of the loudest frame. In telephony this is the active level.
[[nodiscard]] double active_power(const Pcm& pcm);
/// Scales `pcm` so that its active level is `dbov`.
void set_level(Pcm& pcm, double dbov);
/// Returns the part of the audio from the point on where the voice first comes within `below_db` of its active level.
[[nodiscard]] Pcm from_onset(const Pcm& pcm, double below_db);

}  // namespace offhook::bench
