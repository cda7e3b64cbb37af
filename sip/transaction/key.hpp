#pragma once

#include <offhook/sip/message/message.hpp>

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::transaction {

/// What makes two messages parts of one transaction, as one opaque text. Equal keys: same transaction.
struct Key {
  std::string text;
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Of a request of ours: branch and method (RFC 3261 section 17.1.3). Our branches always have the cookie and are unique.
[[nodiscard]] Key client_key(std::string_view branch, std::string_view method);
/// Of a response: the branch of its top Via and the method of its CSeq.
[[nodiscard]] Key client_key(const Message& response);

/// Of a received request (RFC 3261 section 17.2.3): branch, sent-by and method, where an ACK has its INVITE's key. Without
/// the cookie in the branch, as RFC 2543 matches: Request-URI, From tag, Call-ID, CSeq number, top Via and method.
[[nodiscard]] Key server_key(const Message& request);
/// Of the INVITE that this CANCEL is for: the CANCEL's own key with the method INVITE (RFC 3261 section 9.2).
[[nodiscard]] Key cancelled_key(const Message& cancel);

/// What is asked of a received request again and again, made once.
struct RequestKeys {
  Key transaction;            ///< server_key()
  std::optional<Key> origin;  ///< What copies have in common whichever way they came: RFC 3261 section 8.2.2.2.
                              ///< None of an ACK, of a CANCEL, and within a dialog.
};
[[nodiscard]] RequestKeys keys_of(const Message& request);

}  // namespace offhook::inline v0::sip::transaction

template <>
struct std::hash<offhook::sip::transaction::Key> {
  std::size_t operator()(const offhook::sip::transaction::Key& key) const noexcept { return std::hash<std::string>{}(key.text); }
};
