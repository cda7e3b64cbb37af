#pragma once

#include <string>

namespace offhook::inline v0::agent::embedded {

/// Returns the JSON Schema, draft 7, of the dialogue file. The schema refuses nothing that parse_dialogue() accepts. Only
/// parse_dialogue() can check that names refer to something, and that names and keys are used only once.
[[nodiscard]] std::string dialogue_schema_text();

}  // namespace offhook::inline v0::agent::embedded
