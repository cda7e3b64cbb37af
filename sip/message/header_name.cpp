#include <offhook/sip/message/header_name.hpp>

#include <offhook/base/text.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::sip {

namespace {

constexpr std::size_t kCount = static_cast<std::size_t>(HeaderName::Other);

// In the order of the enum.
constexpr std::array<std::string_view, kCount> kNames = {
    "Accept", "Allow", "Allow-Events", "Authentication-Info", "Authorization", "Call-ID", "Contact", "Content-Disposition",
    "Content-Encoding", "Content-Length", "Content-Type", "CSeq", "Date", "Diversion", "Event", "Expires", "From", "History-Info",
    "Max-Forwards", "Min-Expires", "Min-SE", "Organization", "P-Asserted-Identity", "Path", "P-Preferred-Identity", "Privacy",
    "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Require", "RAck", "Reason", "Record-Route", "Refer-To", "Referred-By",
    "Replaces", "Require", "Retry-After", "Route", "RSeq", "Server", "Service-Route", "Session-Expires", "Subscription-State", "Subject",
    "Supported", "To", "Unsupported", "User-Agent", "Via", "Warning", "WWW-Authenticate"};
static_assert(!kNames.back().empty());

// RFC 3261 section 7.3.3; o and u: RFC 6665 section 8.2.1; r: RFC 3515 section 2.1; b: RFC 3892 section 2.1; x: RFC 4028 section 4.
constexpr HeaderName compact(char c) {
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

// An open hash table over length, first and last letter, filled by the compiler: one look, seldom two, for a known name.
constexpr std::size_t kSlots = 256;

constexpr std::size_t slot_of(std::string_view name) {
  const auto letter = [](char c) { return static_cast<std::size_t>(static_cast<unsigned char>(base::to_lower(c))); };
  return (name.size() * 23 + letter(name.front()) * 5 + letter(name[name.size() / 2]) * 11 + letter(name.back())) % kSlots;
}

constexpr std::array<HeaderName, kSlots> make_slots() {
  std::array<HeaderName, kSlots> slots{};
  slots.fill(HeaderName::Other);
  for (std::size_t i = 0; i < kCount; ++i) {
    std::size_t slot = slot_of(kNames[i]);
    while (slots[slot] != HeaderName::Other) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<HeaderName>(i);
  }
  return slots;
}

constexpr auto kTable = make_slots();

}  // namespace

HeaderName parse_header_name(std::string_view name) {
  if (name.empty()) return HeaderName::Other;
  if (name.size() == 1) return compact(name.front());
  for (std::size_t slot = slot_of(name); kTable[slot] != HeaderName::Other; slot = (slot + 1) % kSlots) {
    if (base::iequals(name, to_string(kTable[slot]))) return kTable[slot];
  }
  return HeaderName::Other;
}

std::string_view to_string(HeaderName name) { return name == HeaderName::Other ? "" : kNames[static_cast<std::size_t>(name)]; }

}  // namespace offhook::inline v0::sip
