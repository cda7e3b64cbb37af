#pragma once

#include <string>

/// Makes JSON Schema, documentation and help from the table of settings.
namespace offhook::inline v0::agent::config {

/// Returns the JSON Schema, draft 7, of the configuration file. The schema accepts each valid file. It cannot express everything: `offhook check`
/// also finds malformed addresses, a codec or a name that is repeated in a different spelling, and conditions between two settings. No setting is
/// required, because the environment may set each one.
[[nodiscard]] std::string schema_text();

/// Returns the table of docs/configuration.md.
[[nodiscard]] std::string markdown_table();

/// Returns the variables for --help, one on each line, each with its setting.
[[nodiscard]] std::string environment_help();

}  // namespace offhook::inline v0::agent::config
