#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// The state of one sub-band in an encoder or decoder: its predictor and its step. In `weights` and `doubled`, six words belong to the zeros
/// and two to the poles. The comment of each field ends with the recommendation's name.
struct G722Band {
  alignas(16) std::array<std::int16_t, 8> weights{};  ///< b1 ... b6, a1, a2
  alignas(16) std::array<std::int16_t, 8> doubled{};  ///< twice d1 ... d6, r1, r2, saturated to 16 bits
  std::array<std::int16_t, 2> partial{};              ///< reconstructions without the poles' part, used for their signs: p1, p2
  std::int16_t zeros = 0;                             ///< prediction of the zeros: sz
  std::int16_t estimate = 0;                          ///< prediction of zeros and poles: s
  std::int16_t log_step = 0;                          ///< logarithm of the step: nb
};

/// G.722 at 64 kbit/s: 16,000 Hz mono, one octet per two samples, payload type 9. Its RTP clock is nevertheless 8000 Hz (RFC 3551 section 4.5.2): 20
/// ms are 320 samples, 160 octets and 160 timestamp units. The state is adaptive. Use one encoder per sent stream and one decoder per received
/// stream, in order; call reset() when the far end starts again.
///
/// source  ITU-T G.722 (11/88), with the saturations of ITU-T G.191's model: exact to the bit against its vectors
///         (tests/media/codec/g722_test.cpp). Uses the widest instructions of this machine (codec/detail, chosen at the first call)
/// cost    no allocation; safe on the audio thread. Measured: docs/benchmarks.md
class G722Encoder {
 public:
  static constexpr std::size_t kPast = 22;  ///< earlier samples that the filter between the sub-bands uses

  struct State {
    G722Band low, high;
    std::array<std::int16_t, kPast> past{};
  };

  /// Encodes the n samples of `in` (n is even) to `out`, which must have at least n/2 octets. Returns n/2. Errors: OddInput, OutputTooSmall; `out` is
  /// then unchanged.
  [[nodiscard]] base::Result<std::size_t, CodecError> encode(std::span<const std::int16_t> in,
                                                             std::span<std::uint8_t> out) noexcept;
  void reset() noexcept { state_ = {}; }

 private:
  State state_;
};

class G722Decoder {
 public:
  static constexpr std::size_t kPast = 11;

  struct State {
    G722Band low, high;
    std::array<std::int16_t, kPast> past_sums{}, past_differences{};  // sums and differences of the two sub-bands
  };

  /// Decodes the n octets of `in` to `out`, which must have at least 2n samples. Returns 2n. Error: OutputTooSmall; `out` is then unchanged.
  [[nodiscard]] base::Result<std::size_t, CodecError> decode(std::span<const std::uint8_t> in,
                                                             std::span<std::int16_t> out) noexcept;
  void reset() noexcept { state_ = {}; }

 private:
  State state_;
};

}  // namespace offhook::inline v0::media
