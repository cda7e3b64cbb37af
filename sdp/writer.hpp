#pragma once

#include <offhook/sdp/session.hpp>

#include <string>

namespace offhook::inline v0::sdp {

/// Returns the text of a session description in the order of RFC 8866 section 5, each line ended by CRLF. A parsed description
/// that is written parses to an equal value. Drops NUL, CR and LF inside a value, so that no value can add a line.
[[nodiscard]] std::string write_session(const Session& session);

}  // namespace offhook::inline v0::sdp
