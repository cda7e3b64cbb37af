#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxDiversions = 16;  ///< per INVITE; further ones are ignored
inline constexpr std::size_t kMaxHistoryEntries = 32;

/// One Diversion: the party that diverted the call, and the reason. RFC 5806 section 4. A message lists the newest Diversion
/// first.
struct Diversion {
  std::string uri, display;   ///< `display` is safe to show
  std::string reason;         ///< "no-answer", "user-busy", ...; "unknown" if absent
  std::uint32_t counter = 1;  ///< number of diversions that this entry stands for
  std::string privacy;        ///< "full", "name", "uri" or "off"; "" if absent
  friend bool operator==(const Diversion&, const Diversion&) = default;
};

/// One hi-entry: a target that the request has had. A message lists its entries in the order of their index. RFC 7044 section 5.
struct HistoryEntry {
  std::string uri, display;  ///< `uri` is without its header part
  std::string index;         ///< for example "1.1.2"; never empty
  std::string reason;        ///< the Reason in the URI, unescaped; "" if absent
  bool is_private = false;   ///< true if the URI has a Privacy other than `none`
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

/// Return the readable entries in their order. Reading ends at the first unreadable one, or at the limit.
[[nodiscard]] std::vector<Diversion> diversions_of(const Message& message);
[[nodiscard]] std::vector<HistoryEntry> history_of(const Message& message);

}  // namespace offhook::inline v0::sip
