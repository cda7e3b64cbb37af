#pragma once

#include <offhook/media/resample.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// Converts one stream of audio that comes in pieces of any length to another rate. Equal rates cost nothing. One thread.
class RateConverter {
 public:
  /// Rates: 8000, 16000, 24000 or 48000 Hz.
  RateConverter(std::uint32_t from_hz, std::uint32_t to_hz);

  /// Appends what `pcm` becomes to `out`; up to five samples may wait for the next piece.
  void process(std::span<const std::int16_t> pcm, std::vector<std::int16_t>& out);
  /// No more comes: what waits goes, filled up with silence.
  void finish(std::vector<std::int16_t>& out);
  [[nodiscard]] std::uint32_t from_hz() const { return from_hz_; }

 private:
  void convert(std::span<const std::int16_t> whole, std::vector<std::int16_t>& out);

  std::uint32_t from_hz_;
  std::optional<media::Resampler> resampler_;
  std::vector<std::int16_t> waiting_;
};

}  // namespace offhook::inline v0::agent
