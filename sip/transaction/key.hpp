#pragma once

#include <offhook/sip/message/message.hpp>

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::transaction {

/// Identifies the transaction of a message, as one opaque text. Messages with equal keys belong to one transaction.
struct Key {
  std::string text;
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Returns the key of our request: branch and method (RFC 3261 section 17.1.3). Our branches always have the cookie and are
/// unique.
[[nodiscard]] Key client_key(std::string_view branch, std::string_view method);
/// Returns the key of a response: the branch of its top Via and the method of its CSeq.
[[nodiscard]] Key client_key(const Message& response);

/// Returns the key of a received request (RFC 3261 section 17.2.3): branch, sent-by and method; an ACK has its INVITE's key. If
/// the branch lacks the cookie, matches as in RFC 2543: Request-URI, From tag, Call-ID, CSeq number, top Via and method.
[[nodiscard]] Key server_key(const Message& request);
/// Returns the key of the INVITE that a CANCEL is for: the CANCEL's key with the method INVITE (RFC 3261 section 9.2).
[[nodiscard]] Key cancelled_key(const Message& cancel);

/// The keys of a received request, computed once because they are used repeatedly.
struct RequestKeys {
  Key transaction;            ///< result of server_key()
  std::optional<Key> origin;  ///< common to all copies of the request, whatever path they took: RFC 3261 section 8.2.2.2. nullopt
                              ///< for an ACK, a CANCEL, and a request within a dialog.
};
[[nodiscard]] RequestKeys keys_of(const Message& request);

}  // namespace offhook::inline v0::sip::transaction

template <>
struct std::hash<offhook::sip::transaction::Key> {
  std::size_t operator()(const offhook::sip::transaction::Key& key) const noexcept { return std::hash<std::string>{}(key.text); }
};
