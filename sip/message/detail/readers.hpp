#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/parse_error.hpp>
#include <offhook/sip/message/via.hpp>

#include <string_view>

/// The public parsers of this folder, but with an output parameter, because a NameAddr is expensive to copy. `into` must be
/// default-constructed. After an error, `into` holds the values read so far.
namespace offhook::inline v0::sip::detail {

/// Reads a URI like parse_uri.
[[nodiscard]] base::Result<void, ParseError> read_uri(std::string_view text, Uri& into);
/// Reads a URI like read_uri, from a text that uri_size has already checked.
[[nodiscard]] base::Result<void, ParseError> read_clean_uri(std::string_view text, Uri& into);
/// Reads one value like parse_name_addr.
[[nodiscard]] base::Result<void, ParseError> read_name_addr(std::string_view value, NameAddr& into);
/// Read the next value like take_name_addr and take_via.
[[nodiscard]] base::Result<void, ParseError> read_next(std::string_view& rest, NameAddr& into);
[[nodiscard]] base::Result<void, ParseError> read_next(std::string_view& rest, Via& into);

}  // namespace offhook::inline v0::sip::detail
