#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/authorization.hpp>
#include <offhook/sip/message/cseq.hpp>
#include <offhook/sip/message/header_name.hpp>
#include <offhook/sip/message/header_table.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/session_expires.hpp>
#include <offhook/sip/message/slab.hpp>
#include <offhook/sip/message/values.hpp>
#include <offhook/sip/message/via.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

namespace detail {
class Indexer;
}

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
  [[nodiscard]] Headers headers() const;

  [[nodiscard]] bool has(HeaderName name) const;
  /// The first value of a header field as it stands; nothing when absent. By name for those that HeaderName does not list.
  [[nodiscard]] std::optional<std::string_view> find(HeaderName name) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// All lines of a header field.
  [[nodiscard]] Lines lines(HeaderName name) const;

  // The fields without which no message is processed; checked by parse_message, so these cannot fail. Behind index_message alone
  // they are empty.
  [[nodiscard]] const Via& top_via() const { return top_via_; }
  [[nodiscard]] const NameAddr& from() const { return from_; }
  [[nodiscard]] const NameAddr& to() const { return to_; }
  [[nodiscard]] std::string_view call_id() const { return call_id_; }
  [[nodiscard]] const CSeq& cseq() const { return cseq_; }

  // All others are parsed at each call, out of the text that the index points to: keep what is needed twice.
  [[nodiscard]] Values<Via> vias() const { return {lines(HeaderName::Via), kMaxVias}; }
  [[nodiscard]] Values<NameAddr> contacts() const { return {lines(HeaderName::Contact), kMaxContacts}; }
  [[nodiscard]] Values<NameAddr> routes() const { return {lines(HeaderName::Route), kMaxRoutes}; }
  [[nodiscard]] Values<NameAddr> record_routes() const { return {lines(HeaderName::RecordRoute), kMaxRoutes}; }
  /// First Contact; MissingHeader when there is none.
  [[nodiscard]] base::Result<NameAddr, ParseError> contact() const;
  /// All values of a name-addr list over all its lines, in order. Errors: those of take_name_addr, TooManyValues over `limit`.
  [[nodiscard]] base::Result<std::vector<NameAddr>, ParseError> name_addrs(HeaderName name, std::size_t limit) const;

  /// The elements of Require, Supported, Allow, ...
  [[nodiscard]] Tokens tokens(HeaderName name) const { return Tokens(lines(name)); }
  /// True when a comma-separated field holds `token` in any of its lines, any case.
  [[nodiscard]] bool lists(HeaderName name, std::string_view token) const;

  /// Max-Forwards, Expires, Min-Expires, ...: the number at the front of the value (Retry-After has a comment behind it).
  /// Nothing when the field is absent, when its value begins with no number, or with one over 32 bits.
  [[nodiscard]] std::optional<std::uint32_t> number(HeaderName name) const;
  [[nodiscard]] std::optional<std::uint32_t> max_forwards() const { return number(HeaderName::MaxForwards); }
  /// Nothing when absent: the body then ran to the end of the datagram. What is there has been checked against the body.
  [[nodiscard]] std::optional<std::uint32_t> content_length() const { return number(HeaderName::ContentLength); }
  /// Lower-case media type without parameters: "application/sdp"; "" when absent.
  [[nodiscard]] std::string_view content_type() const;
  /// RFC 4028 section 4. MissingHeader when absent.
  [[nodiscard]] base::Result<SessionExpires, ParseError> session_expires() const;
  [[nodiscard]] std::optional<std::uint32_t> min_se() const { return number(HeaderName::MinSe); }  ///< RFC 4028 section 5
  /// The first Authorization. MissingHeader when absent.
  [[nodiscard]] base::Result<Authorization, ParseError> authorization() const;

 private:
  friend class detail::Indexer;
  friend class MandatoryFields;
  [[nodiscard]] const char* text() const { return reinterpret_cast<const char*>(slab_.bytes().data()); }

  Slab slab_;
  Method method_ = Method::Other;
  int status_ = 0;
  std::string_view method_text_, request_uri_, reason_, body_, call_id_;
  Via top_via_;
  NameAddr from_, to_;
  CSeq cseq_;
};

}  // namespace offhook::inline v0::sip
