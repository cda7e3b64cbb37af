#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/parse_error.hpp>
#include <offhook/sip/message/via.hpp>

#include <string_view>

/// What the public parsers of this folder do, but into a value that is already in its place: a NameAddr is large to copy. `into`
/// is as default-constructed before; after an error it holds whatever was read so far.
namespace offhook::inline v0::sip::detail {

/// As parse_uri.
[[nodiscard]] base::Result<void, ParseError> read_uri(std::string_view text, Uri& into);
/// As read_uri, of a text that uri_size has gone over already.
[[nodiscard]] base::Result<void, ParseError> read_clean_uri(std::string_view text, Uri& into);
/// As parse_name_addr.
[[nodiscard]] base::Result<void, ParseError> read_name_addr(std::string_view value, NameAddr& into);
/// As take_name_addr and take_via.
[[nodiscard]] base::Result<void, ParseError> read_next(std::string_view& rest, NameAddr& into);
[[nodiscard]] base::Result<void, ParseError> read_next(std::string_view& rest, Via& into);

}  // namespace offhook::inline v0::sip::detail
