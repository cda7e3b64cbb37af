#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Decodes the speech that a service sends, in pieces that are split at any octet: raw 16-bit little-endian samples, or a WAV from a
/// server that cannot send raw samples. Pure.
class SpeechDecoder {
 public:
  static constexpr std::size_t kMaxWavHead = 4096;  ///< longest part of a WAV before its samples, in octets

  /// `rate_hz`: the rate if the samples are raw.
  explicit SpeechDecoder(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  struct Trouble { FailureKind kind{}; std::string why; };
  /// Decodes `bytes` and appends the samples to `out`. Returns a description of the trouble if it cannot decode the body.
  [[nodiscard]] std::optional<Trouble> feed(std::string_view bytes, std::vector<std::int16_t>& out);
  /// Ends the body. If the body was too short for its format to be detected, it counts as raw samples.
  void finish(std::vector<std::int16_t>& out);
  /// Returns the rate of the samples that were appended so far.
  [[nodiscard]] std::uint32_t rate_hz() const { return rate_hz_; }
  /// Returns the number of samples that were appended so far.
  [[nodiscard]] std::uint64_t samples() const { return samples_; }

 private:
  enum class Form { Unknown, Raw, Wav };
  [[nodiscard]] std::optional<Trouble> read_head(std::vector<std::int16_t>& out);
  void append(std::string_view bytes, std::vector<std::int16_t>& out);

  std::uint32_t rate_hz_;
  Form form_ = Form::Unknown;
  std::string head_;                    // octets that came before the format was known
  std::optional<std::uint8_t> odd_;     // first octet of a sample whose second octet has not come yet
  std::uint64_t samples_ = 0;
};

}  // namespace offhook::inline v0::agent
