#pragma once

#include <offhook/sip/message/writer.hpp>
#include <offhook/sip/stack/events.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// What we tell others that we can do: RFC 3261 sections 20.1 and 20.5.
inline constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY";
inline constexpr std::string_view kSupported = "100rel, timer";
inline constexpr std::string_view kAccept = "application/sdp";
/// What a peer over one of our limits is asked to wait, seconds.
inline constexpr std::string_view kRetryAfter = "5";

/// Appends header fields that the phone gave us. Names that are no token, and fields that the stack writes itself, are left
/// out: nobody above may forge a route or a tag.
void write_headers(Writer& writer, const HeaderList& headers);
/// Appends header fields that a part of the stack made.
void write_own(Writer& writer, const HeaderList& headers);
/// An option tag of kSupported.
[[nodiscard]] bool is_supported(std::string_view option_tag);
/// A display name as a quoted string: RFC 3261 section 25.1.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace offhook::inline v0::sip
