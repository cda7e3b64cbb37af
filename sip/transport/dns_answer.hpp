#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/sip/locate/records.hpp>

namespace offhook::inline v0::sip::detail {

/// The answer section of a DNS message (RFC 1035), for the question that it answers. The name that the message says was asked
/// for counts as the question's: a search list may have made it longer. Whatever breaks off, points astray or lies about a length
/// makes the whole message Failed. Names are unpacked by c-ares; records of other types and classes are passed over.
[[nodiscard]] locate::Answer parse_dns_answer(base::Bytes message, const locate::Question& question);

}  // namespace offhook::inline v0::sip::detail
