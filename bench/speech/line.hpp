#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The telephone line between a caller and the listener, made of the same codecs and resamplers as a call's.
namespace speech_bench {

using Pcm = std::vector<std::int16_t>;  ///< 16 kHz, mono

enum class Band { Wide, Narrow };  ///< G.722; G.711 mu-law

struct Line {
  Band band = Band::Wide;
  int snr_db = 0;  ///< of noise at the caller's side against the mean power of the speech; 0: none
};

[[nodiscard]] std::string name(const Line& line);
/// A lead and a tail of silence are added: what a call's listener gets too.
[[nodiscard]] Pcm through(const Line& line, const Pcm& said);

/// Any two rates, windowed sinc: for voices whose rate a call never has.
[[nodiscard]] Pcm resampled(const Pcm& pcm, std::uint32_t from_hz, std::uint32_t to_hz);

}  // namespace speech_bench
