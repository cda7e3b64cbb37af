#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxDiversions = 16;  ///< Of one INVITE; further ones are not read.
inline constexpr std::size_t kMaxHistoryEntries = 32;

/// One Diversion: who sent the call on, and why. RFC 5806 section 4. The newest comes first.
struct Diversion {
  std::string uri, display;   ///< Safe to show.
  std::string reason;         ///< "no-answer", "user-busy", ...; "unknown" when it is not said
  std::uint32_t counter = 1;  ///< So many diversions stand behind this entry.
  std::string privacy;        ///< "" or "full", "name", "uri", "off"
  friend bool operator==(const Diversion&, const Diversion&) = default;
};

/// One hi-entry: where the request was sent to, in the order of the index. RFC 7044 section 5.
struct HistoryEntry {
  std::string uri, display;  ///< Without the header part of the URI.
  std::string index;         ///< "1.1.2"; never empty
  std::string reason;        ///< The Reason that the URI carries, unescaped; "" when none
  bool is_private = false;   ///< The URI carries a Privacy other than `none`.
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

/// All that can be read, in their order; reading ends at the first one that cannot, or at the limit.
[[nodiscard]] std::vector<Diversion> diversions_of(const Message& message);
[[nodiscard]] std::vector<HistoryEntry> history_of(const Message& message);

}  // namespace offhook::inline v0::sip
