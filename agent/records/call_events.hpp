#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/call/incoming.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/media/quality/leg_statistics.hpp>

#include <string>
#include <string_view>

/// Converts the values of legs and the statistics of the media into the values of a record.
namespace offhook::inline v0::agent::records {

/// Returns `uri` as a record keeps it: without the password (RFC 3261 section 19.1.1: user:password@host), and at most kMaxFieldBytes.
[[nodiscard]] std::string kept_uri(std::string_view uri);

/// Returns the party as a record keeps it: its address as kept_uri() returns it, and its name.
[[nodiscard]] Party kept_party(const call::Party& party);

[[nodiscard]] CallRecord begun(const call::Incoming& call, std::string_view account);
[[nodiscard]] CallRecord begun(std::string_view target, std::string_view account);

[[nodiscard]] Ending ending_of(const call::Ended& ended, bool outgoing);
[[nodiscard]] MediaQuality quality_of(const media::LegStatistics& media);

}  // namespace offhook::inline v0::agent::records
