#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Writes one message front to back into its own string. Writes each CR, LF and NUL in a value as a space, so that no value can
/// start a header field. `reuse` is a string whose memory the writer takes over, which saves an allocation.
class Writer {
 public:
  [[nodiscard]] static Writer request(std::string_view method, std::string_view request_uri, std::string reuse = {});
  /// Writes the status line and the fields that RFC 3261 section 8.2.6.2 copies from the request: all Vias in order, From, To,
  /// Call-ID, CSeq. Fills in received= and rport= of the top Via from `source` (RFC 3261 section 18.2.1, RFC 3581 section 4).
  /// Appends `to_tag` to To unless To already has a tag or `to_tag` is empty (100 Trying may omit it).
  [[nodiscard]] static Writer response(const Message& request, int status, std::string_view reason, std::string_view to_tag,
                                       const base::SocketAddress& source, std::string reuse = {});

  Writer& header(HeaderName name, std::string_view value);
  Writer& header(std::string_view name, std::string_view value);
  Writer& header(HeaderName name, std::uint32_t value);
  /// Writes Content-Type, Content-Length and the body. Make it the last call. Writes `Content-Length: 0` for an empty body.
  [[nodiscard]] std::string finish(std::string_view content_type = {}, std::string_view body = {});

 private:
  static constexpr std::size_t kUsualBytes = 1024;  // Most of our messages fit, with one allocation.
  explicit Writer(std::string reuse);
  std::string text_;
};

/// Returns the phrase of RFC 3261 section 21 and its extensions; "" for an unknown status.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace offhook::inline v0::sip
