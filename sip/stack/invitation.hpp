#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/session/invite_client_session.hpp>
#include <offhook/sip/stack/accounts.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The INVITE that these options ask for; `way` is how it leaves, unless they want it straight to the target's host.
/// `referred_by`: of the REFER that it follows. Errors: BadUri, BadHeader.
[[nodiscard]] base::Result<session::InviteClientSession::Invitation, StackError> make_invitation(const AccountOptions& account,
                                                                                                 WayOut way,
                                                                                                 CallOptions options,
                                                                                                 std::string_view referred_by,
                                                                                                 base::Random& random);

}  // namespace offhook::inline v0::sip
