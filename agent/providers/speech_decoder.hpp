#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Speech as a service sends it, split anywhere, becomes samples: raw 16-bit little-endian, or a WAV from a server that sends
/// nothing else. Pure.
class SpeechDecoder {
 public:
  static constexpr std::size_t kMaxWavHead = 4096;  ///< octets looked through for where a WAV's samples begin

  /// `rate_hz`: of raw samples.
  explicit SpeechDecoder(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  struct Trouble { FailureKind kind{}; std::string why; };
  /// Appends samples to `out`.
  [[nodiscard]] std::optional<Trouble> feed(std::string_view bytes, std::vector<std::int16_t>& out);
  /// The body is over: what was too short to tell by was raw.
  void finish(std::vector<std::int16_t>& out);
  /// Of what was appended so far.
  [[nodiscard]] std::uint32_t rate_hz() const { return rate_hz_; }
  /// Samples in all.
  [[nodiscard]] std::uint64_t samples() const { return samples_; }

 private:
  enum class Form { Unknown, Raw, Wav };
  [[nodiscard]] std::optional<Trouble> read_head(std::vector<std::int16_t>& out);
  void append(std::string_view bytes, std::vector<std::int16_t>& out);

  std::uint32_t rate_hz_;
  Form form_ = Form::Unknown;
  std::string head_;                    // until it is known what comes
  std::optional<std::uint8_t> odd_;     // half a sample
  std::uint64_t samples_ = 0;
};

}  // namespace offhook::inline v0::agent
