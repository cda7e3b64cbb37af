#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// Makes the files of setup from the answers.
namespace offhook::inline v0::agent::setup {

/// The names of the prompts in share/prompts.
inline constexpr auto kPrompts = std::to_array<std::string_view>({"receptionist", "sales", "message-taker"});

/// Returns the file of the installed prompt `name`. The error explains why the file cannot be read.
[[nodiscard]] base::Result<config::FileText, std::string> shipped_prompt(std::string_view name, const Files& files);

/// The path of the packaged service's configuration (packaging/offhook.service).
inline constexpr std::string_view kServiceFile = "/etc/offhook/offhook.json";
/// The name of the file of secrets, in the folder of the configuration. The user of the packaged service cannot read it: systemd reads it for the service.
inline constexpr std::string_view kSecretsFile = "secrets.env";
inline constexpr std::size_t kMaxSecretsFile = 64U << 10U;

/// A copy of an installed file in the folder of the configuration, so that the person can change it.
struct Companion {
  std::string name;     ///< "sales.md"
  std::string shipped;  ///< name in share/: "prompts/sales.md"
};
/// Returns the companion of the configuration: the installed prompt that the person chose, or the dialogue of `local` if the person gave a transfer
/// target; nullopt in all other cases.
[[nodiscard]] std::optional<Companion> companion_of(const Answers& answers);
/// Returns the text of the companion: the installed text, but in a dialogue, each transfer goes to `answers.transfer_to`. The error explains the failure.
[[nodiscard]] base::Result<std::string, std::string> companion_text(const Companion& companion, const Answers& answers, const Files& files);

/// Returns true for a path that ends in the name of a file that setup may write beside the configuration: kSecretsFile, or a companion's name.
[[nodiscard]] bool is_written_beside(std::string_view path);

/// Returns the text of the configuration. In place of a secret, it has a reference to the secret's variable, or the reference that the person gave.
[[nodiscard]] std::string configuration_of(const Answers& answers);
/// Returns the text of the file of secrets, with a line NAME=VALUE for each secret, in a syntax that systemd (EnvironmentFile=) and shells read.
/// Lines of `existing`, the old text, stay if they set other variables.
[[nodiscard]] std::string secrets_file_of(const Answers& answers, std::string_view existing);

}  // namespace offhook::inline v0::agent::setup
