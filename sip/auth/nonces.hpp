#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

/// Nonces of a digest server. One that nobody has used yet costs no memory: it carries the time at which it was made, and a
/// keyed hash over that and over the address that it was given to. Of those that proved something the counts are kept, so that
/// no request is taken twice (RFC 7616 section 3.4).
class Nonces {
 public:
  static constexpr std::size_t kMaxUsed = 4096;  ///< Beyond it the oldest is forgotten, and what is older than it is stale.
  static constexpr std::uint32_t kWindow = 64;   ///< A count so far below the highest seen is too late.

  Nonces(base::Random& random, base::Duration lifetime);

  [[nodiscard]] std::string make(const base::IpAddress& source, base::TimePoint now);
  /// Ours, given to that address, and not too old. Compares in constant time.
  [[nodiscard]] bool is_good(std::string_view nonce, const base::IpAddress& source, base::TimePoint now) const;
  /// Takes this use of a good nonce whose response was right; false when it, or its like, was there before.
  [[nodiscard]] bool take(std::string_view nonce, std::uint32_t count, base::TimePoint now);
  [[nodiscard]] std::size_t used() const { return used_.size(); }

 private:
  struct Use {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;  // Bit i: the count `highest - i`.
  };
  using Name = std::pair<std::int64_t, std::string>;  // When it was made, and its text: the oldest first.
  [[nodiscard]] std::string seal(std::string_view head, const base::IpAddress& source) const;
  void forget_old(base::TimePoint now);

  base::Random& random_;
  base::Duration lifetime_;
  std::array<std::uint8_t, 32> key_{};
  std::map<Name, Use> used_;
  std::int64_t floor_;  // What was made before it, or with it, is stale unless it is in used_.
};

}  // namespace offhook::inline v0::sip
