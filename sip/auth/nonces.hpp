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

/// Nonces of a digest server. An unused nonce takes no memory: it contains its creation time, and a keyed hash over that time and
/// the client's address. For used nonces the counts are stored, so that no request is accepted twice (RFC 7616 section 3.4).
class Nonces {
 public:
  static constexpr std::size_t kMaxUsed = 4096;  ///< beyond it the oldest is forgotten, and unused nonces of the same age or
                                                 ///< older become stale
  static constexpr std::uint32_t kWindow = 64;   ///< a count that is below the highest one by this many or more is refused

  Nonces(base::Random& random, base::Duration lifetime);

  [[nodiscard]] std::string make(const base::IpAddress& source, base::TimePoint now);
  /// Returns true if this object made the nonce for that address, and it is not too old. Compares in constant time.
  [[nodiscard]] bool is_good(std::string_view nonce, const base::IpAddress& source, base::TimePoint now) const;
  /// Records a use of a good nonce with a correct response. Returns false if this use was recorded before, or cannot be checked
  /// any more.
  [[nodiscard]] bool take(std::string_view nonce, std::uint32_t count, base::TimePoint now);
  [[nodiscard]] std::size_t used() const { return used_.size(); }

 private:
  struct Use {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;  // Bit i is set if the count `highest - i` was used.
  };
  using Name = std::pair<std::int64_t, std::string>;  // Creation time and text; the oldest sorts first.
  [[nodiscard]] std::string seal(std::string_view head, const base::IpAddress& source) const;
  void forget_old(base::TimePoint now);

  base::Random& random_;
  base::Duration lifetime_;
  std::array<std::uint8_t, 32> key_{};
  std::map<Name, Use> used_;
  std::int64_t floor_;  // Nonces made at or before this time are stale unless they are in used_.
};

}  // namespace offhook::inline v0::sip
