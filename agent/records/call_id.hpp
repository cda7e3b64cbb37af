#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The id of a call. The record, the transcript, the recording's file name, the log, the health port and the commands use it.
namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kCallIdBytes = 13;
inline constexpr std::size_t kMinIdBeginning = 4;  ///< octets of the shortest prefix that can stand for an id

/// Makes the id of a call: 13 characters of a-z and 2-7, which are 65 random bits, so that it is unique over all processes. It contains no data of
/// the caller, and is safe in file names and URLs. The letters l and o are unambiguous, because the digits 0 and 1 do not occur.
[[nodiscard]] std::string new_call_id();

/// Returns true if a user's input `name` can stand for the call `id`: it is the id, or a prefix of it of at least kMinIdBeginning octets.
[[nodiscard]] bool may_mean_call(std::string_view name, std::string_view id);

}  // namespace offhook::inline v0::agent::records
