#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// The amount of a provider's service that was used, in the units by which providers charge.
struct ServiceUse {
  static constexpr std::uint64_t kMostTokens = 100'000'000;  ///< maximum number of tokens of one answer; believable() drops a larger count
  static constexpr base::Duration kMostTime = std::chrono::hours(24 * 365);  ///< limit of each sum of times

  std::string service;                      ///< "NAME/speak"; a part sets "" for its own stage, or the name of another stage
  std::uint64_t input_tokens = 0;           ///< all tokens are counted by the provider
  std::uint64_t cached_input_tokens = 0, audio_input_tokens = 0;  ///< parts of input_tokens
  std::uint64_t output_tokens = 0;
  std::uint64_t audio_output_tokens = 0;    ///< part of output_tokens
  std::uint64_t characters = 0;             ///< characters of the texts for which speech came
  base::Duration audio{};                   ///< duration of the caller's audio that the service got
  base::Duration connected{};               ///< time for which a socket was open, if the service charges for that

  [[nodiscard]] bool is_nothing() const;
  /// Returns a copy without the counts that exceed kMostTokens.
  [[nodiscard]] ServiceUse believable() const;
  /// Adds the amounts of `more`, whatever its service. Limits each sum of times to kMostTime.
  void add(const ServiceUse& more);
  friend bool operator==(const ServiceUse&, const ServiceUse&) = default;
};

/// Called on the thread of the call, or on the thread that prepares audio before the first call (Rehearsal).
using ReportUse = std::function<void(ServiceUse)>;

[[nodiscard]] ServiceUse use_of(const TokensUsed& used);

}  // namespace offhook::inline v0::agent
