#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/sip/model/events.hpp>

#include <string>
#include <string_view>

/// Converts events and statistics of the telephone and the media into the values of a record.
namespace offhook::inline v0::agent::records {

/// Returns the address for a record: at most kMaxFieldBytes, without the password (RFC 3261 section 19.1.1: user:password@host).
[[nodiscard]] std::string kept_uri(std::string_view uri);

/// Returns the party for a record: its address by kept_uri(), and its name.
[[nodiscard]] Party kept_party(const sip::Party& party);

[[nodiscard]] CallRecord begun(const sip::IncomingCall& call, std::string_view account);
[[nodiscard]] CallRecord begun(std::string_view target, std::string_view account);

[[nodiscard]] Ending ending_of(const sip::CallEnded& details, std::string_view why, bool outgoing);
[[nodiscard]] MediaQuality quality_of(const media::LegStatistics& media);

}  // namespace offhook::inline v0::agent::records
