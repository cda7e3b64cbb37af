#pragma once

#include <offhook/agent/config/config.hpp>

namespace offhook::inline v0::agent::config {

/// Returns false if the setting of this problem certainly names no folder of records, transcripts or recordings: then `offhook erase` can ignore the
/// problem. Returns true for an unknown name, which may be a misspelt name of one of these settings, and for a position such as
/// "/etc/offhook.json:3:7".
[[nodiscard]] bool may_name_kept_data(const Problem& problem);

}  // namespace offhook::inline v0::agent::config
