#pragma once

#include <string>

/// What the table of settings says, in the forms that others read.
namespace offhook::inline v0::agent::config {

/// JSON Schema, draft 7, of the configuration file. It refuses nothing that is allowed. What it cannot say is left to `offhook
/// check`: whether an address is well written, a codec's or a name's repetition in another spelling, and what must hold between two
/// settings. No name is required, as the environment may set each.
[[nodiscard]] std::string schema_text();

/// The table of docs/configuration.md.
[[nodiscard]] std::string markdown_table();

/// The variables, one a line, each with what it sets: for --help.
[[nodiscard]] std::string environment_help();

}  // namespace offhook::inline v0::agent::config
