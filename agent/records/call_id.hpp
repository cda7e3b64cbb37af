#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The one name of a call: in its record, its transcript, its recording's file, the log, the health port and the commands.
namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kCallIdBytes = 13;
inline constexpr std::size_t kMinIdBeginning = 4;  ///< octets of an id's beginning that may stand for the id

/// Makes the id of a call: 13 characters of a-z and 2-7, 65 random bits. No other call of any process has it. It tells nothing of the caller, and is
/// safe in the name of a file and in a URL. The letters l and o cannot be taken for digits, because 0 and 1 do not occur.
[[nodiscard]] std::string new_call_id();

/// Returns true when a person who writes `name` may mean the call `id`: it is the id, or the beginning of it (kMinIdBeginning at least).
[[nodiscard]] bool may_mean_call(std::string_view name, std::string_view id);

}  // namespace offhook::inline v0::agent::records
