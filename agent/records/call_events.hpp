#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/sip/stack/events.hpp>

#include <string>
#include <string_view>

/// What telephone and media tell, in the words of the record.
namespace offhook::inline v0::agent::records {

/// What is kept of an address: at most kMaxFieldBytes of it, and no password (RFC 3261 section 19.1.1: user:password@host).
[[nodiscard]] std::string kept_uri(std::string_view uri);

/// What is kept of a party: its address as kept_uri() has it, and its name.
[[nodiscard]] Party kept_party(const sip::Party& party);

[[nodiscard]] CallRecord begun(const sip::IncomingCall& call, std::string_view account);
[[nodiscard]] CallRecord begun(std::string_view target, std::string_view account);

[[nodiscard]] Ending ending_of(const sip::CallEnded& details, std::string_view why, bool outgoing);
[[nodiscard]] MediaQuality quality_of(const media::LegStatistics& media);

}  // namespace offhook::inline v0::agent::records
