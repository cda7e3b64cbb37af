#pragma once

#include <offhook/sip/flow.hpp>
#include <offhook/sip/message/uri.hpp>
#include <offhook/sip/message/via.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The host that a request goes to next, as a URI names it. What RFC 3263 section 4 starts from.
struct Hop {
  std::string host;  ///< IPv6 without brackets.
  std::optional<std::uint16_t> port;
  std::optional<Transport> transport;  ///< Nothing: the host's domain decides.
  bool secure = false;                 ///< sips: nothing but TLS.
  friend auto operator<=>(const Hop&, const Hop&) = default;
};

/// Nothing for a URI without a host, or with a transport that we do not know.
[[nodiscard]] std::optional<Hop> hop_of(std::string_view uri);

/// A host that says of itself that it cannot be connected to: RFC 7118 section 8.1, RFC 2606 section 2.
[[nodiscard]] bool is_nowhere(std::string_view host);
/// Whether a request to that hop has to take the way that its dialog's last message took: its host cannot be reached otherwise, or
/// is the client of a WebSocket that it has opened to us.
[[nodiscard]] bool goes_back(const Hop& hop, const Flow& way);

/// `SIP/2.0/UDP 192.0.2.1:5060;branch=...;rport`: RFC 3581 section 3.
[[nodiscard]] std::string via_value(Transport transport, const base::SocketAddress& local, std::string_view branch);
/// RFC 3261 section 18.1.2: a response whose top Via does not name us is dropped.
[[nodiscard]] bool is_sent_by(const Via& via, const base::SocketAddress& local);

/// Where the responses to a request go: RFC 3261 section 18.2.2, RFC 3581 section 4. A stream's flow stays as it is.
[[nodiscard]] Flow reply_flow(const Via& via, const Flow& from);

/// "sip:alice@[2001:db8::1]:5060" -> "alice"; the number of a tel URI.
[[nodiscard]] std::string user_of(std::string_view uri);

}  // namespace offhook::inline v0::sip
