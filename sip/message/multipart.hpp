#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/limits.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

enum class MultipartError : std::uint8_t {
  NoBoundary,    // no boundary in the content type, or one over 70 characters (RFC 2046 section 5.1.1)
  Unterminated,  // the line that ends a part is missing
  BadHeader,     // a header line of a part has no colon
  TooManyParts,  // over kMaxBodyParts, including nested parts
  TooDeep,       // over kMaxMultipartDepth
};
[[nodiscard]] std::string_view to_string(MultipartError error);

/// One part of a multipart body. Values are as sent; all borrow from the body.
struct BodyPart {
  std::string_view type;         ///< Content-Type with its parameters; "text/plain" if the part has none
  std::string_view disposition;  ///< Content-Disposition
  std::string_view encoding;     ///< Content-Transfer-Encoding or Content-Encoding
  std::string_view body;
};

/// Returns true for `handling=optional`: a receiver that does not understand the body ignores it. RFC 3261 section 20.11
[[nodiscard]] bool is_optional(std::string_view disposition);
/// Returns true for an encoding that does not change the octets, including "". Applies to Content-Encoding and
/// Content-Transfer-Encoding.
[[nodiscard]] bool is_plain_encoding(std::string_view encoding);

/// Returns true for types such as "multipart/mixed" or "Multipart/Related; boundary=x".
[[nodiscard]] bool is_multipart(std::string_view content_type);

/// Returns the parts of one level, in order. RFC 5621 section 4, RFC 2046 section 5.1.
[[nodiscard]] base::Result<std::vector<BodyPart>, MultipartError> split_multipart(std::string_view content_type,
                                                                                 std::string_view body);

/// The result of searching a body, at any depth, for a part of one media type.
struct FoundPart {
  std::optional<BodyPart> part;  ///< nullopt if there is none
  bool blocked = false;          ///< true if a part that we cannot read has handling=required: RFC 5621 section 8
  bool optional = true;          ///< true if every part has handling=optional, so that we may ignore all of them
};

/// Finds the part of type `wanted` (lower case, without parameters). Selects the first match in `multipart/mixed` and similar
/// types, and the last match in `multipart/alternative` (RFC 5621 section 8).
/// Deviation: a part without Content-Disposition need not be understood, although RFC 3261 section 20.11 defaults to `required`.
/// Callers add locations and icons without Content-Disposition, and their calls should succeed.
[[nodiscard]] base::Result<FoundPart, MultipartError> find_part(std::string_view content_type, std::string_view body,
                                                               std::string_view wanted);

}  // namespace offhook::inline v0::sip
