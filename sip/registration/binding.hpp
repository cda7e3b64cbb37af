#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/registration/options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Writes a Contact of ours, and reads the registrar's response about it.
namespace offhook::inline v0::sip::registration {

/// Returns a URI such as `sip:6001@192.0.2.1:5060;transport=tcp`. `host` may include a port. Omits the transport parameter for UDP,
/// which is the default.
[[nodiscard]] std::string contact_uri(std::string_view user, std::string_view host, Transport transport);

/// Returns one value of the Contact of a REGISTER: `uri` with the parameters of our binding. With `expires` 0 it removes the binding.
[[nodiscard]] std::string contact_value(const Options& options, const std::string& uri, std::chrono::seconds expires);

/// Returns the source address of our request, as the next hop wrote it into our Via: received and rport, each of which may be
/// absent (RFC 3261 section 18.2.1, RFC 3581 section 4). Accepts IPv6 with and without brackets, and returns an IPv4-mapped
/// address as IPv4. `unsaid` is the port if neither rport nor our sent-by has one. Returns nullopt if the values make no address;
/// never guesses.
[[nodiscard]] std::optional<base::SocketAddress> observed_address(const Via& via, std::uint16_t unsaid);

/// Returns how long the registrar keeps `contact`. Reads the expires parameter of our Contact (same user and address, or the only
/// Contact, which may have been rewritten on the way). Otherwise reads the Expires field (RFC 3261 section 10.2.4). Returns
/// nullopt if neither is readable. Reads at most `limit` Contacts.
[[nodiscard]] std::optional<std::chrono::seconds> granted_expires(const Message& response, std::string_view contact,
                                                                  std::size_t limit);

/// Returns the parameter `param` (`pub-gruu` or `temp-gruu`) of our Contact: RFC 5627 section 4.2. Returns "" if it is absent, or
/// is not a SIP URI of at most kMaxGruu octets.
inline constexpr std::size_t kMaxGruu = 512;
[[nodiscard]] std::string granted_gruu(const Message& response, std::string_view contact, std::string_view param, std::size_t limit);

/// Returns how long before expiry a binding with push notifications must be refreshed: sip.pnsreg of Feature-Caps
/// (RFC 8599 section 4.1.4). Returns zero if it is absent.
[[nodiscard]] std::chrono::seconds push_margin(const Message& response);

}  // namespace offhook::inline v0::sip::registration
