#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace offhook::inline v0::base {

/// The source of tags, branches, SSRCs and nonces. A core draws only from the source that its owner passes in.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  [[nodiscard]] std::uint32_t next_u32();
  [[nodiscard]] std::uint64_t next_u64();
  /// Returns a uniform value in [0, bound), or 0 when bound is 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// Returns 26 characters of lower-case base32 with 128 random bits: a valid SIP token and RFC 3261 section 19.3 tag.
  [[nodiscard]] std::string token();
};

/// The operating system's generator. Safe from any thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

/// Repeats the same values for the same seed, for tests, fuzzers and the simulator. Do not use it for values that a peer must not guess.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace offhook::inline v0::base
