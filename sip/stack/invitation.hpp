#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/session/invite_client_session.hpp>
#include <offhook/sip/stack/account_options.hpp>
#include <offhook/sip/stack/calls.hpp>
#include <offhook/sip/stack/outbound_route.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Makes the INVITE that `options` describe. `way` is its route, unless the options send it directly to the target's host.
/// `referred_by` is from the REFER that the call follows; "" if there is no REFER. Errors: BadUri, BadHeader.
[[nodiscard]] base::Result<session::InviteClientSession::Invitation, StackError> make_invitation(const AccountOptions& account,
                                                                                                 OutboundRoute way,
                                                                                                 CallOptions options,
                                                                                                 std::string_view referred_by,
                                                                                                 base::Random& random);

}  // namespace offhook::inline v0::sip
