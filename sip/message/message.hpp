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

/// A received message: the start line, and an index of the header fields over the message's own slab. Typed values are parsed on
/// request. Move-only; all views live as long as the message. RFC 3261 section 7.
class Message {
 public:
  Message() = default;
  Message(Message&&) noexcept = default;
  Message& operator=(Message&&) noexcept = default;

  [[nodiscard]] bool is_request() const { return status_ == 0; }
  [[nodiscard]] bool is_response() const { return status_ != 0; }
  [[nodiscard]] Method method() const { return method_; }                      ///< the request's method; in a response, the
                                                                               ///< method of its CSeq
  [[nodiscard]] std::string_view method_text() const { return method_text_; }
  [[nodiscard]] std::string_view request_uri() const { return request_uri_; }  ///< "" in a response
  [[nodiscard]] int status() const { return status_; }                         ///< 100..699; 0 in a request
  [[nodiscard]] std::string_view reason() const { return reason_; }
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] Headers headers() const;

  [[nodiscard]] bool has(HeaderName name) const;
  /// Returns the first value of a header field as text, or nullopt if the field is absent. Use the name as text for fields that
  /// HeaderName does not list.
  [[nodiscard]] std::optional<std::string_view> find(HeaderName name) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// Returns all lines of a header field.
  [[nodiscard]] Lines lines(HeaderName name) const;

  // Mandatory fields. parse_message has checked them, so these accessors cannot fail. They are empty after index_message alone.
  [[nodiscard]] const Via& top_via() const { return top_via_; }
  [[nodiscard]] const NameAddr& from() const { return from_; }
  [[nodiscard]] const NameAddr& to() const { return to_; }
  [[nodiscard]] std::string_view call_id() const { return call_id_; }
  [[nodiscard]] const CSeq& cseq() const { return cseq_; }

  // The other fields are parsed from the text on each call: keep a value that you need twice.
  [[nodiscard]] Values<Via> vias() const { return {lines(HeaderName::Via), kMaxVias}; }
  [[nodiscard]] Values<NameAddr> contacts() const { return {lines(HeaderName::Contact), kMaxContacts}; }
  [[nodiscard]] Values<NameAddr> routes() const { return {lines(HeaderName::Route), kMaxRoutes}; }
  [[nodiscard]] Values<NameAddr> record_routes() const { return {lines(HeaderName::RecordRoute), kMaxRoutes}; }
  /// Returns the first Contact. Error: MissingHeader if there is none.
  [[nodiscard]] base::Result<NameAddr, ParseError> contact() const;
  /// Returns all values of a name-addr list over all its lines, in order. Errors: those of take_name_addr; TooManyValues if there
  /// are more than `limit`.
  [[nodiscard]] base::Result<std::vector<NameAddr>, ParseError> name_addrs(HeaderName name, std::size_t limit) const;

  /// Returns the elements of a list field such as Require, Supported or Allow.
  [[nodiscard]] Tokens tokens(HeaderName name) const { return Tokens(lines(name)); }
  /// Returns true if a comma-separated field contains `token` in any of its lines. Ignores upper and lower case.
  [[nodiscard]] bool lists(HeaderName name, std::string_view token) const;

  /// Returns the number at the front of a value such as Max-Forwards, Expires or Min-Expires. A comment may follow the number, as
  /// in Retry-After. Returns nullopt if the field is absent, does not begin with a number, or the number is over 32 bits.
  [[nodiscard]] std::optional<std::uint32_t> number(HeaderName name) const;
  [[nodiscard]] std::optional<std::uint32_t> max_forwards() const { return number(HeaderName::MaxForwards); }
  /// Returns nullopt if the field is absent: the body then extends to the end of the datagram. The parser has checked a present
  /// value against the body.
  [[nodiscard]] std::optional<std::uint32_t> content_length() const { return number(HeaderName::ContentLength); }
  /// Returns the media type in lower case without parameters, such as "application/sdp"; "" if absent.
  [[nodiscard]] std::string_view content_type() const;
  /// Parses Session-Expires, RFC 4028 section 4. Error: MissingHeader if absent.
  [[nodiscard]] base::Result<SessionExpires, ParseError> session_expires() const;
  [[nodiscard]] std::optional<std::uint32_t> min_se() const { return number(HeaderName::MinSe); }  ///< RFC 4028 section 5
  /// Parses the first Authorization. Error: MissingHeader if absent.
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
