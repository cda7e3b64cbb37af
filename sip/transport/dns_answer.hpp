#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/sip/locate/records.hpp>

namespace offhook::inline v0::sip::detail {

/// Parses the answer section of a DNS message (RFC 1035) for the given question. Records of the message's own question name count
/// as records of `question`, because a search list may have extended the name. Returns Failed for the whole message if any part
/// is truncated, points outside, or has a wrong length. c-ares unpacks the names. Skips records of other types and classes.
[[nodiscard]] locate::Answer parse_dns_answer(base::Bytes message, const locate::Question& question);

}  // namespace offhook::inline v0::sip::detail
