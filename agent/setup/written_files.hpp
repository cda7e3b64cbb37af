#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// The files that setup makes from the answers.
namespace offhook::inline v0::agent::setup {

/// The prompts of share/prompts.
inline constexpr auto kPrompts = std::to_array<std::string_view>({"receptionist", "sales", "message-taker"});

/// The file of one of them; the error says why it cannot be read.
[[nodiscard]] base::Result<config::FileText, std::string> shipped_prompt(std::string_view name, const Files& files);

/// The configuration of the packaged service (packaging/offhook.service).
inline constexpr std::string_view kServiceFile = "/etc/offhook/offhook.json";
/// Beside the configuration. systemd reads it for the packaged service, whose own user cannot.
inline constexpr std::string_view kSecretsFile = "secrets.env";
inline constexpr std::size_t kMaxSecretsFile = 64U << 10U;

/// A copy of a shipped file that stands beside the configuration, so that the person can change it.
struct Companion {
  std::string name;     ///< "sales.md"
  std::string shipped;  ///< in share/: "prompts/sales.md"
};
/// The shipped prompt that was chosen, or the dialogue of `local` when it transfers to another number. It never needs both.
[[nodiscard]] std::optional<Companion> companion_of(const Answers& answers);
/// The text of that file: the shipped one, in which each transfer of a dialogue goes to `answers.transfer_to`. The error says why there is none.
[[nodiscard]] base::Result<std::string, std::string> companion_text(const Companion& companion, const Answers& answers, const Files& files);

/// True for a path whose last part is the name of a file that setup may write beside the configuration: kSecretsFile, or a companion's.
[[nodiscard]] bool is_written_beside(std::string_view path);

/// The configuration, without secrets: it refers to their variables, or to where the person said that they are.
[[nodiscard]] std::string configuration_of(const Answers& answers);
/// The secrets, a line NAME=VALUE each, as systemd (EnvironmentFile=) and a shell read them. Lines of `existing` with other names stay.
[[nodiscard]] std::string secrets_file_of(const Answers& answers, std::string_view existing);

}  // namespace offhook::inline v0::agent::setup
