#pragma once

#include <offhook/sdp/session.hpp>

#include <string>

namespace offhook::inline v0::sdp {

/// The text of a session description in the order of RFC 8866 section 5, each line ended by CRLF. What was parsed and is
/// written reads back equal. NUL, CR and LF inside a value are dropped: no value can add a line.
[[nodiscard]] std::string write_session(const Session& session);

}  // namespace offhook::inline v0::sdp
