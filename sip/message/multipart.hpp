#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/limits.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

enum class MultipartError : std::uint8_t {
  NoBoundary,    // the content type names none, or one over the 70 characters of RFC 2046 section 5.1.1
  Unterminated,  // a part without the line that ends it
  BadHeader,     // a part's header line without a colon
  TooManyParts,  // over kMaxBodyParts, nested ones counted
  TooDeep,       // over kMaxMultipartDepth
};
[[nodiscard]] std::string_view to_string(MultipartError error);

/// One part of a multipart body. Values stand as they were sent; all borrow from the body.
struct BodyPart {
  std::string_view type;         ///< Content-Type with its parameters; "text/plain" when the part has none
  std::string_view disposition;  ///< Content-Disposition
  std::string_view encoding;     ///< Content-Transfer-Encoding or Content-Encoding
  std::string_view body;
};

/// `handling=optional` of a Content-Disposition: who does not understand the body passes over it. RFC 3261 section 20.11
[[nodiscard]] bool is_optional(std::string_view disposition);
/// A Content-Encoding or Content-Transfer-Encoding that leaves the octets as they are; "" is one.
[[nodiscard]] bool is_plain_encoding(std::string_view encoding);

/// "multipart/mixed", "Multipart/Related; boundary=x" ...
[[nodiscard]] bool is_multipart(std::string_view content_type);

/// The parts of one level, in order. RFC 5621 section 4, RFC 2046 section 5.1.
[[nodiscard]] base::Result<std::vector<BodyPart>, MultipartError> split_multipart(std::string_view content_type,
                                                                                 std::string_view body);

/// What a receiver who reads one media type finds in a body, however deep it lies.
struct FoundPart {
  std::optional<BodyPart> part;  ///< nothing: there is none
  bool blocked = false;          ///< a part that we cannot read says of itself that it must be read: RFC 5621 section 8
  bool optional = true;          ///< no part is there but such as need not be understood
};

/// The part of type `wanted` (lower case, without parameters): the first one of `multipart/mixed` and its like, the last one of
/// `multipart/alternative` (RFC 5621 section 8).
/// Deviation: a part without Content-Disposition does not have to be understood, though RFC 3261 section 20.11 has `required` as
/// the default: callers add locations and icons that way, and mean the call to go through.
[[nodiscard]] base::Result<FoundPart, MultipartError> find_part(std::string_view content_type, std::string_view body,
                                                               std::string_view wanted);

}  // namespace offhook::inline v0::sip
