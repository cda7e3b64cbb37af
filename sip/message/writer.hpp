#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Writes one message front to back into a string that it owns. Values must be free of CR, LF and NUL: such a character is
/// written as a space, so that nothing which we were given can start a header of its own.
/// `reuse` is a string that is no longer needed: its memory is written to, so that whoever keeps one allocates nothing.
class Writer {
 public:
  [[nodiscard]] static Writer request(std::string_view method, std::string_view request_uri, std::string reuse = {});
  /// The status line and what RFC 3261 section 8.2.6.2 copies from the request: all Vias in order (the top one with received=
  /// and rport= filled in from `source`: section 18.2.1, RFC 3581 section 4), From, To, Call-ID, CSeq. `to_tag` is appended to
  /// To unless it has a tag already or is empty (100 Trying may go without).
  [[nodiscard]] static Writer response(const Message& request, int status, std::string_view reason, std::string_view to_tag,
                                       const base::SocketAddress& source, std::string reuse = {});

  Writer& header(HeaderName name, std::string_view value);
  Writer& header(std::string_view name, std::string_view value);
  Writer& header(HeaderName name, std::uint32_t value);
  /// Content-Type and Content-Length, then the body: the last call. An empty body writes `Content-Length: 0`.
  [[nodiscard]] std::string finish(std::string_view content_type = {}, std::string_view body = {});

 private:
  static constexpr std::size_t kUsualBytes = 1024;  // Of most messages of ours: one allocation.
  explicit Writer(std::string reuse);
  std::string text_;
};

/// The phrase of RFC 3261 section 21 and its extensions; "" for a status that we do not know.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace offhook::inline v0::sip
