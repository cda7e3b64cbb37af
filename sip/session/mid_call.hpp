#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/confirmed_call.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::session {

inline constexpr std::size_t kMaxInfoPackages = 16;  ///< packages that we accept; further configured ones are ignored

/// Returns true if `package` is one of the first kMaxInfoPackages of `packages`.
[[nodiscard]] bool accepts_package(const std::vector<std::string>& packages, std::string_view package);
/// Returns the value of Recv-Info, or "" if we accept no package: RFC 6086 section 5.2.
[[nodiscard]] std::string recv_info(const std::vector<std::string>& packages);

/// Answers and reports INFO (RFC 6086, and the older INFO without packages) and MESSAGE (RFC 3428) within a call or an early dialog.
/// Answers OPTIONS (RFC 3261 section 11.2). Returns false for other methods.
[[nodiscard]] bool take_mid_call(const ConfirmedCall::Setup& setup, TransactionId id, const Message& request, Actions& out);

}  // namespace offhook::inline v0::sip::session
