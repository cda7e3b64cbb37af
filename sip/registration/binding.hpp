#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/flow.hpp>
#include <offhook/sip/message/message.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What a registrar's response says about one Contact of ours.
namespace offhook::inline v0::sip::registration {

/// `sip:6001@192.0.2.1:5060;transport=tcp`, of a host with its port, if any; UDP, the default, goes without the parameter.
[[nodiscard]] std::string contact_uri(std::string_view user, std::string_view host, Transport transport);

/// The address that our request came from, as the next hop wrote it into our Via: received and rport, each of which may be
/// absent (RFC 3261 section 18.2.1, RFC 3581 section 4). Brackets around IPv6 are optional there in practice. `unsaid`: the
/// port where neither rport nor our sent-by names one. Nothing when the values make no address, so never a guess.
[[nodiscard]] std::optional<base::SocketAddress> observed_address(const Via& via, std::uint16_t unsaid);

/// For how long the registrar keeps `contact`: the expires parameter of the Contact that is ours (same user and address; a
/// single Contact rewritten on the way counts too), else the Expires field (RFC 3261 section 10.2.4). Nothing when neither can be
/// read. Looks at no more than `limit` Contacts.
[[nodiscard]] std::optional<std::chrono::seconds> granted_expires(const Message& response, std::string_view contact,
                                                                  std::size_t limit);

/// That parameter (`pub-gruu` or `temp-gruu`) of the Contact that is ours: RFC 5627 section 4.2. "" when there is none, or it is no
/// SIP URI of at most kMaxGruu octets.
inline constexpr std::size_t kMaxGruu = 512;
[[nodiscard]] std::string granted_gruu(const Message& response, std::string_view contact, std::string_view param, std::size_t limit);

/// How long before it expires a binding with push notifications wants to be refreshed: the sip.pnsreg of Feature-Caps (RFC 8599
/// section 4.1.4). Zero when nothing is said.
[[nodiscard]] std::chrono::seconds push_margin(const Message& response);

}  // namespace offhook::inline v0::sip::registration
