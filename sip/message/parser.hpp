#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstdint>

namespace offhook::inline v0::sip {

/// The readable part of a message that parse_message refused. It is enough to answer 400 or 505 statelessly, or to see that no
/// answer is possible. `message` has the headers found so far; its typed fields are set if they could be read.
/// message.is_request() is reliable only if `answerable` is true.
struct Refusal {
  ParseError error = ParseError::Empty;
  Message message;
  bool answerable = false;  ///< true for a request other than ACK whose Via, From, To, Call-ID and CSeq can be copied into a response
  int status = 400;         ///< status of the response: 400, 505, 501, 513, ...
};

enum class Framing : std::uint8_t { Datagram, Stream };

/// Parses one whole message: runs index_message, then reads the fields that identify a transaction. Takes the slab, and joins
/// folded lines in place. Skips leading CRLFs (RFC 3261 section 7.5).
/// Datagram: ignores octets beyond Content-Length, and fails if the body is shorter (section 18.3). Without Content-Length the
/// body extends to the end. Stream: expects exactly what the framer returned.
/// Checks: start line, version, header grammar, limits, the mandatory fields and their syntax, the CSeq method.
/// Does not check the scheme of the Request-URI (416), Require (420) and Content-Type (415), because the layers above choose the
/// response.
/// Allocates nothing if the slab comes from a pool.
[[nodiscard]] base::Result<Message, Refusal> parse_message(Slab slab, Framing framing = Framing::Datagram);

/// The first half of parse_message: reads start line, header table and body, and checks their limits. Parses no value except that
/// of Content-Length. From, To, Call-ID, CSeq and Via may therefore be wrong or absent; their typed fields stay empty.
[[nodiscard]] base::Result<Message, Refusal> index_message(Slab slab, Framing framing = Framing::Datagram);

}  // namespace offhook::inline v0::sip
