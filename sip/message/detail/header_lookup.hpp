#pragma once

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/header_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Maps the text of a header field's name to its HeaderName, with tables that are computed at compile time.
namespace offhook::inline v0::sip::detail {

using base::Block;

// In the order of the enum HeaderName.
inline constexpr std::array<std::string_view, kHeaderNames> kHeaderTexts = {
    "Accept", "Allow", "Allow-Events", "Authentication-Info", "Authorization", "Call-ID", "Contact", "Content-Disposition",
    "Content-Encoding", "Content-Length", "Content-Type", "CSeq", "Date", "Diversion", "Event", "Expires", "From",
    "History-Info", "Max-Forwards", "Min-Expires", "Min-SE", "Organization", "P-Asserted-Identity", "Path",
    "P-Preferred-Identity", "Privacy", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Require", "RAck", "Reason",
    "Record-Route", "Refer-To", "Referred-By", "Replaces", "Require", "Retry-After", "Route", "RSeq", "Server", "Service-Route",
    "Session-Expires", "Subscription-State", "Subject", "Supported", "To", "Unsupported", "User-Agent", "Via", "Warning",
    "WWW-Authenticate"};
static_assert(!kHeaderTexts.back().empty());

// A perfect hash over length, first, middle and last letter. The compiler searches for a factor that gives each name its own
// slot, so that one comparison identifies a name.
inline constexpr unsigned kSlotBits = 8;

[[nodiscard]] constexpr std::uint32_t slot_of(std::uint32_t key, std::uint32_t factor) {
  return key * factor >> (32 - kSlotBits);
}
[[nodiscard]] constexpr std::uint32_t key_of(const char* name, std::size_t size) {
  const auto letter = [name](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at])); };
  const auto letters = letter(0) << 8 | letter(size / 2) << 16 | letter(size - 1) << 24;
  return static_cast<std::uint32_t>(size) ^ (letters | 0x20202000U);  // Upper and lower case give the same value.
}
[[nodiscard]] constexpr std::uint32_t key_of(std::string_view name) { return key_of(name.data(), name.size()); }

[[nodiscard]] constexpr std::uint32_t find_factor() {
  const auto is_perfect = [](std::uint32_t factor) {
    std::array<bool, 1U << kSlotBits> taken{};
    for (const auto name : kHeaderTexts) {
      bool& slot = taken[slot_of(key_of(name), factor)];
      if (slot) return false;
      slot = true;
    }
    return true;
  };
  std::uint32_t factor = 0x9E3779B1;
  while (!is_perfect(factor)) factor = factor * 1664525 + 1013904223;  // The sequence covers all 32-bit numbers.
  return factor;
}
inline constexpr std::uint32_t kFactor = find_factor();

/// HeaderName of each slot; Other for slots without a name.
inline constexpr auto kSlots = [] {
  std::array<HeaderName, 1U << kSlotBits> slots{};
  slots.fill(HeaderName::Other);
  for (std::size_t i = 0; i < kHeaderNames; ++i) slots[slot_of(key_of(kHeaderTexts[i]), kFactor)] = static_cast<HeaderName>(i);
  return slots;
}();

/// A name in the form that Block::matches compares: lower case, and 0x20 at each letter.
struct NamePattern {
  static constexpr std::size_t kMaxSize = 32;
  std::array<char, kMaxSize> lower{};
  std::array<char, kMaxSize> fold{};
};
inline constexpr auto kNamePatterns = [] {
  std::array<NamePattern, kHeaderNames> patterns{};
  for (std::size_t i = 0; i < kHeaderNames; ++i) {
    for (std::size_t at = 0; at < kHeaderTexts[i].size(); ++at) {
      patterns[i].lower[at] = base::to_lower(kHeaderTexts[i][at]);
      patterns[i].fold[at] = base::is_alpha(kHeaderTexts[i][at]) ? 0x20 : 0;
    }
  }
  return patterns;
}();

[[nodiscard]] inline bool matches(Block head, const char* name, std::size_t size, const NamePattern& pattern) {
  const auto same = [&pattern](Block piece, std::size_t at) {
    return piece.matches(Block::load(pattern.lower.data() + at), Block::load(pattern.fold.data() + at));
  };
  if (size <= Block::kSize) return same(head.front(size), 0);
  std::size_t at = 0;
  for (; size - at >= Block::kSize; at += Block::kSize) {
    if (!same(Block::load(name + at), at)) return false;
  }
  return at == size || same(Block::load_part(name + at, size - at), at);
}

// Compact forms: RFC 3261 section 7.3.3; o and u: RFC 6665 section 8.2.1; r: RFC 3515 section 2.1; b: RFC 3892 section 2.1; x:
// RFC 4028 section 4.
[[nodiscard]] constexpr HeaderName find_compact(char c) {
  switch (base::to_lower(c)) {
    case 'b': return HeaderName::ReferredBy;
    case 'c': return HeaderName::ContentType;
    case 'e': return HeaderName::ContentEncoding;
    case 'f': return HeaderName::From;
    case 'i': return HeaderName::CallId;
    case 'k': return HeaderName::Supported;
    case 'l': return HeaderName::ContentLength;
    case 'm': return HeaderName::Contact;
    case 'o': return HeaderName::Event;
    case 'r': return HeaderName::ReferTo;
    case 's': return HeaderName::Subject;
    case 't': return HeaderName::To;
    case 'u': return HeaderName::AllowEvents;
    case 'v': return HeaderName::Via;
    case 'x': return HeaderName::SessionExpires;
    default: return HeaderName::Other;
  }
}

/// Returns the HeaderName of the `size` characters at `name`; `size` is at least one. `head` is the first Block at `name`, and
/// may extend beyond the name.
[[nodiscard, gnu::always_inline]] inline HeaderName find_header_name(Block head, const char* name, std::size_t size) {
  if (size == 1) return find_compact(*name);
  const auto candidate = kSlots.data()[slot_of(key_of(name, size), kFactor)];
  if (candidate == HeaderName::Other) return HeaderName::Other;
  const auto at = static_cast<std::size_t>(candidate);
  const bool known = size == kHeaderTexts.data()[at].size() && matches(head, name, size, kNamePatterns.data()[at]);
  return known ? candidate : HeaderName::Other;
}

}  // namespace offhook::inline v0::sip::detail
