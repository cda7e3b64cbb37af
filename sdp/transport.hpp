#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/agreement.hpp>
#include <offhook/sdp/session.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sdp {

/// The transport part of a section: the protocol and the addresses by which one side receives the media of one m= line.
struct Transport {
  std::string protocol = "RTP/AVP";  ///< as in the m= line
  base::SocketAddress rtp;
  base::SocketAddress rtcp;          ///< address of RTCP unless both sides use rtcp-mux; port 0 if there is no RTCP
  bool rtcp_mux = false;             ///< a=rtcp-mux: RTCP can use the port of RTP (RFC 5761 section 5.1.1)
  friend bool operator==(const Transport&, const Transport&) = default;
};

/// Returns true for RTP/AVP and RTP/AVPF, in any case.
[[nodiscard]] bool is_plain_protocol(std::string_view protocol);

/// Reads the peer's transport of one m= line. Errors: BadAddress (no address, a host name, or multicast).
[[nodiscard]] base::Result<Transport, NegotiationError> read_transport(const Session& remote, const Media& stream);

/// Writes our transport into an m= line. The address is in the session's c= line; RTCP has the same address. Writes a=rtcp if the RTCP port is not the port
/// after the RTP port (RFC 3605).
void write_transport(const Transport& ours, Media& stream);

/// Returns true if the peer uses ICE. An address of zero is then not a hold: the candidates have the addresses (RFC 8839 section 4.1).
[[nodiscard]] bool speaks_ice(const Session& remote, const Media& stream);

}  // namespace offhook::inline v0::sdp
