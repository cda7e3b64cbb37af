#pragma once

#include <offhook/sip/locate/services.hpp>
#include <offhook/sip/message/uri.hpp>
#include <offhook/sip/message/via.hpp>
#include <offhook/sip/model/flow.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The next host of a request, as a URI names it; the input of RFC 3263 section 4.
struct Hop {
  std::string host;  ///< IPv6 without brackets
  std::optional<std::uint16_t> port;
  std::optional<Transport> transport;  ///< nullopt: the host's domain decides
  bool secure = false;                 ///< for sips: only TLS
  bool takes_keys = false;             ///< the request has keys, so only TLS may carry it (Body::needs_tls)
  /// Returns true if the request has keys, and the URI names a transport without TLS.
  [[nodiscard]] bool leaks_keys() const { return takes_keys && transport && !locate::is_secure(*transport) && !secure; }
  friend auto operator<=>(const Hop&, const Hop&) = default;
};

/// Returns nullopt for a URI without a host, or with an unknown transport.
[[nodiscard]] std::optional<Hop> hop_of(std::string_view uri);

/// Returns true for a host name that cannot be connected to (.invalid): RFC 7118 section 8.1, RFC 2606 section 2.
[[nodiscard]] bool is_nowhere(std::string_view host);
/// Returns true if a request to that hop must use `way`, the flow of its dialog's last message. There are three cases: the host is .invalid and `way` is a
/// connection; `way` is a WebSocket that the peer opened to us; or the request has keys, `way` uses TLS, and the URI does not name TLS.
[[nodiscard]] bool goes_back(const Hop& hop, const Flow& way);

/// Returns `SIP/2.0/UDP 192.0.2.1:5060;branch=...;rport`: RFC 3581 section 3.
[[nodiscard]] std::string via_value(Transport transport, const base::SocketAddress& local, std::string_view branch);
/// Returns true if the top Via of a response names us; other responses are dropped: RFC 3261 section 18.1.2.
[[nodiscard]] bool is_sent_by(const Via& via, const base::SocketAddress& local);

/// Returns the flow for responses to a request: RFC 3261 section 18.2.2, RFC 3581 section 4. A stream's flow stays the same.
[[nodiscard]] Flow reply_flow(const Via& via, const Flow& from);

/// Returns "alice" for "sip:alice@[2001:db8::1]:5060", and the number of a tel URI.
[[nodiscard]] std::string user_of(std::string_view uri);

}  // namespace offhook::inline v0::sip
