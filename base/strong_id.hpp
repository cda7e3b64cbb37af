#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace offhook::inline v0::base {

/// A number with its own type, so that the compiler rejects a mix-up with another kind of number. 0 means "none".
/// `using SessionId = base::StrongId<struct SessionTag>;`
template <class Tag, class Rep = std::uint64_t>
struct StrongId {
  Rep value = 0;

  [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

}  // namespace offhook::inline v0::base

template <class Tag, class Rep>
struct std::hash<offhook::base::StrongId<Tag, Rep>> {
  std::size_t operator()(offhook::base::StrongId<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value); }
};
