#pragma once

#include <tl/expected.hpp>

namespace offhook::inline v0::base {

/// A value, or the error that explains its absence. The public interface uses this alias too (docs/architecture.md, "Failure").
template <class T, class E>
using Result = tl::expected<T, E>;

/// Makes the error side of a Result: `return base::fail(ParseError::BadNumber);`
template <class E>
[[nodiscard]] constexpr auto fail(E error) {
  return tl::unexpected<E>(std::move(error));
}

}  // namespace offhook::inline v0::base
