#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// How much of a provider's service was used, in the units that providers charge by.
struct ServiceUse {
  static constexpr std::uint64_t kMostTokens = 100'000'000;  ///< of one answer; a provider that says more is not believed
  static constexpr base::Duration kMostTime = std::chrono::hours(24 * 365);  ///< of a sum

  std::string service;                      ///< "openai/speak"; from a part: "" for the part's own stage, or the name of another stage
  std::uint64_t input_tokens = 0;           ///< as the provider counts them; so are the other tokens
  std::uint64_t cached_input_tokens = 0, audio_input_tokens = 0;  ///< parts of input_tokens
  std::uint64_t output_tokens = 0;
  std::uint64_t audio_output_tokens = 0;    ///< part of output_tokens
  std::uint64_t characters = 0;             ///< of the texts whose speech came
  base::Duration audio{};                   ///< of the caller's audio that the service got
  base::Duration connected{};               ///< of a socket that is charged by the time that it is open

  [[nodiscard]] bool is_nothing() const;
  /// Without the counts that are beyond kMostTokens.
  [[nodiscard]] ServiceUse believable() const;
  /// Adds the amounts of `more`, whatever its service. A time stays at kMostTime when it would be longer.
  void add(const ServiceUse& more);
  friend bool operator==(const ServiceUse&, const ServiceUse&) = default;
};

/// Called on the thread of the call, or of the rehearsal.
using TellUse = std::function<void(ServiceUse)>;

[[nodiscard]] ServiceUse use_of(const TokensUsed& used);

}  // namespace offhook::inline v0::agent
