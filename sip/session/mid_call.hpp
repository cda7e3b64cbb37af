#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/confirmed_call.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::sip::session {

inline constexpr std::size_t kMaxInfoPackages = 16;  ///< That we take; what is configured beyond is not offered.

/// The value of Recv-Info: RFC 6086 section 5.2. "" when we take none.
[[nodiscard]] std::string recv_info(const std::vector<std::string>& packages);

/// INFO (RFC 6086, and what was sent before it) and MESSAGE (RFC 3428) within a call, early or not: answered here, and told.
/// OPTIONS is answered (RFC 3261 section 11.2). False: another method.
[[nodiscard]] bool take_mid_call(const ConfirmedCall::Setup& setup, TransactionId id, const Message& request, Actions& out);

}  // namespace offhook::inline v0::sip::session
