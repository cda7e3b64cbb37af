#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// The header fields that this stack reads or writes. All others are kept as Other, with their own name.
enum class HeaderName : std::uint8_t {
  Accept, Allow, AllowEvents, AuthenticationInfo, Authorization, CallId, Contact, ContentDisposition, ContentEncoding, ContentLength,
  ContentType, CSeq, Date, Diversion, Event, Expires, From, HistoryInfo, MaxForwards, MinExpires, MinSe, Organization, PAssertedIdentity,
  Path, PPreferredIdentity, Privacy, ProxyAuthenticate, ProxyAuthorization, ProxyRequire, RAck, Reason, RecordRoute, ReferTo, ReferredBy,
  Replaces, Require, RetryAfter, Route, RSeq, Server, ServiceRoute, SessionExpires, SubscriptionState, Subject, Supported, To, Unsupported,
  UserAgent, Via, Warning, WwwAuthenticate,
  Other,
};
inline constexpr std::size_t kHeaderNames = static_cast<std::size_t>(HeaderName::Other);

/// Accepts the long or compact form, in upper or lower case (RFC 3261 sections 7.3.1 and 7.3.3). Returns Other for all other names.
[[nodiscard]] HeaderName parse_header_name(std::string_view name);
/// Returns the canonical long form, which our messages use; "" for Other.
[[nodiscard]] std::string_view to_string(HeaderName name);

}  // namespace offhook::inline v0::sip
