#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Simulates the telephone line between a caller and the listener, with the codecs and resamplers of a call.
namespace speech_bench {

using Pcm = std::vector<std::int16_t>;  ///< 16 kHz, mono

enum class Band { Wide, Narrow };  ///< Wide: G.722. Narrow: G.711 mu-law.

struct Line {
  Band band = Band::Wide;
  int snr_db = 0;  ///< ratio of the speech's mean power to the noise on the caller's side; 0: no noise
};

[[nodiscard]] std::string name(const Line& line);
/// Passes `said` through the line. Silence is added before and after it, as in a call.
[[nodiscard]] Pcm through(const Line& line, const Pcm& said);

/// Resamples between any two rates with a windowed sinc. It is for voices whose rate no call has.
[[nodiscard]] Pcm resampled(const Pcm& pcm, std::uint32_t from_hz, std::uint32_t to_hz);

}  // namespace speech_bench
