#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/cseq.hpp>
#include <offhook/sip/message/header_name.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/slab.hpp>
#include <offhook/sip/message/via.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

struct Header {
  HeaderName id = HeaderName::Other;
  std::string_view name;   ///< As sent.
  std::string_view value;  ///< Trimmed, folded lines joined.
};

/// A received message: the start line and an index of its header fields over its own slab; typed values are parsed when asked
/// for. Move-only; all views live as long as the message. RFC 3261 section 7.
class Message {
 public:
  Message() = default;
  Message(Message&&) noexcept = default;
  Message& operator=(Message&&) noexcept = default;

  [[nodiscard]] bool is_request() const { return status_ == 0; }
  [[nodiscard]] bool is_response() const { return status_ != 0; }
  [[nodiscard]] Method method() const { return method_; }                      ///< Of the request; of a response, from its CSeq.
  [[nodiscard]] std::string_view method_text() const { return method_text_; }
  [[nodiscard]] std::string_view request_uri() const { return request_uri_; }  ///< "" in a response.
  [[nodiscard]] int status() const { return status_; }                         ///< 100..699; 0 in a request.
  [[nodiscard]] std::string_view reason() const { return reason_; }
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] std::span<const Header> headers() const { return headers_; }

  /// The first value of a header field as it stands; nothing when absent. By name for those that HeaderName does not list.
  [[nodiscard]] std::optional<std::string_view> find(HeaderName name) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// True when a comma-separated field (Require, Supported, Allow) holds `token` in any of its lines, any case.
  [[nodiscard]] bool lists(HeaderName name, std::string_view token) const;

  // The fields without which no message is processed; checked by parse_message, so these cannot fail.
  [[nodiscard]] const Via& top_via() const { return top_via_; }
  [[nodiscard]] const NameAddr& from() const { return from_; }
  [[nodiscard]] const NameAddr& to() const { return to_; }
  [[nodiscard]] std::string_view call_id() const { return call_id_; }
  [[nodiscard]] const CSeq& cseq() const { return cseq_; }

  /// First Contact; MissingHeader when there is none.
  [[nodiscard]] base::Result<NameAddr, ParseError> contact() const;
  /// All values of a name-addr list over all its lines, in order. Errors: those of take_name_addr, TooManyValues over `limit`.
  [[nodiscard]] base::Result<std::vector<NameAddr>, ParseError> name_addrs(HeaderName name, std::size_t limit) const;
  /// Max-Forwards, Expires, Min-Expires, ...: the number at the front of the value (Retry-After has a comment behind it).
  /// Nothing when the field is absent, when its value begins with no number, or with one over 32 bits.
  [[nodiscard]] std::optional<std::uint32_t> number(HeaderName name) const;
  /// Lower-case media type without parameters: "application/sdp"; "" when absent.
  [[nodiscard]] std::string_view content_type() const;

 private:
  friend class Parser;
  Slab slab_;
  std::vector<Header> headers_;
  Method method_ = Method::Other;
  int status_ = 0;
  std::string_view method_text_, request_uri_, reason_, body_, call_id_;
  Via top_via_;
  NameAddr from_, to_;
  CSeq cseq_;
};

}  // namespace offhook::inline v0::sip
