#pragma once

#include <offhook/media/dsp/resample.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// Converts a stream of audio, in pieces of any length, to a different sample rate. Equal rates cost nothing. For one thread.
class RateConverter {
 public:
  /// `from_hz` and `to_hz` are 8000, 16000, 24000 or 48000.
  RateConverter(std::uint32_t from_hz, std::uint32_t to_hz);

  /// Converts `pcm` and appends the result to `out`; up to five samples may wait for the next piece.
  void process(std::span<const std::int16_t> pcm, std::vector<std::int16_t>& out);
  /// Ends the stream: converts the samples that wait, padded with silence.
  void finish(std::vector<std::int16_t>& out);
  [[nodiscard]] std::uint32_t from_hz() const { return from_hz_; }

 private:
  void convert(std::span<const std::int16_t> whole, std::vector<std::int16_t>& out);

  std::uint32_t from_hz_;
  std::optional<media::Resampler> resampler_;
  std::vector<std::int16_t> waiting_;
};

}  // namespace offhook::inline v0::agent
