#pragma once

#include <string>

namespace offhook::inline v0::agent::embedded {

/// JSON Schema, draft 7, of the dialogue file. It refuses nothing that parse_dialogue() accepts. What it cannot say is left to that
/// one: names that must point somewhere, and names and keys that must not be used twice.
[[nodiscard]] std::string dialogue_schema_text();

}  // namespace offhook::inline v0::agent::embedded
