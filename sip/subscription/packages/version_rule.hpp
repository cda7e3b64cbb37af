#pragma once

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::packages {

/// The result of applying a document to a table.
enum class Applied : std::uint8_t {
  Taken,
  Stale,  ///< older than the table: nothing changed
  Gap,    ///< a document before it was missed: refresh the subscription
  Full,   ///< the table would exceed kMaxRows: nothing changed
};

/// Decides whether to apply a document by its version: RFC 3680 section 5.2, RFC 4235 section 4.3, RFC 4575 section 4.6. A full
/// document is applied even after a gap. A partial document needs its direct predecessor. A notifier may repeat a full document
/// with the same version at a refresh.
[[nodiscard]] inline Applied version_rule(std::optional<std::uint32_t> known, std::uint32_t version, bool whole) {
  if (!known) return whole ? Applied::Taken : Applied::Gap;
  if (version < *known || (version == *known && !whole)) return Applied::Stale;
  return whole || version == *known + 1 ? Applied::Taken : Applied::Gap;
}

}  // namespace offhook::inline v0::sip::packages
