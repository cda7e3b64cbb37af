#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstdint>

namespace offhook::inline v0::sip {

/// What parse_message could still read of a message that it refuses: enough to answer 400 or 505 statelessly, or to know that
/// nothing can be answered. `message` holds the headers found so far; its typed fields are set as far as they could be read, and
/// whether it is a request is known only when it is answerable.
struct Refusal {
  ParseError error = ParseError::Empty;
  Message message;
  bool answerable = false;  ///< A request other than ACK whose Via, From, To, Call-ID and CSeq can be copied into an answer.
  int status = 400;         ///< 400, 505, 501, 513, ...
};

enum class Framing : std::uint8_t { Datagram, Stream };

/// Parses one whole message: index_message, and then the fields without which no transaction can be found. Takes the slab; folds
/// are joined in place. Leading CRLFs are skipped (RFC 3261 section 7.5).
/// Datagram: octets after Content-Length are ignored, fewer than Content-Length are an error (section 18.3); without
/// Content-Length the body runs to the end. Stream: exactly as the framer cut it.
/// Checked here: start line, version, header grammar, limits, the mandatory fields and their syntax, CSeq against the method.
/// Not checked here, because the layers above own the answer: Request-URI scheme (416), Require (420), Content-Type (415).
/// Allocates nothing of its own when the slab comes from a pool.
[[nodiscard]] base::Result<Message, Refusal> parse_message(Slab slab, Framing framing = Framing::Datagram);

/// The first half of parse_message: start line, header table, body, and their limits. No value of a field is looked into but
/// Content-Length's, so that From, To, Call-ID, CSeq and Via may be wrong or absent; their typed fields in the message stay
/// empty.
[[nodiscard]] base::Result<Message, Refusal> index_message(Slab slab, Framing framing = Framing::Datagram);

}  // namespace offhook::inline v0::sip
