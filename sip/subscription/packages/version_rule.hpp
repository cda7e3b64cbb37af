#pragma once

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::packages {

/// What a table did with a document.
enum class Applied : std::uint8_t {
  Taken,
  Stale,  ///< older than what is known: nothing changed
  Gap,    ///< one was missed before it: the subscription has to be refreshed
  Full,   ///< the table would be over kMaxRows: nothing changed
};

/// Documents of one subscription are numbered. Whole ones stand for themselves, partial ones go with their predecessor: RFC 3680
/// section 5.2, RFC 4235 section 4.3, RFC 4575 section 4.6. Nobody has to know what was missed before a whole one; one of the
/// same number, as a notifier repeats it at a refresh, says nothing new.
[[nodiscard]] inline Applied version_rule(std::optional<std::uint32_t> known, std::uint32_t version, bool whole) {
  if (!known) return whole ? Applied::Taken : Applied::Gap;
  if (version < *known || (version == *known && !whole)) return Applied::Stale;
  return whole || version == *known + 1 ? Applied::Taken : Applied::Gap;
}

}  // namespace offhook::inline v0::sip::packages
