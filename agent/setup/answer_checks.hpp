#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>
#include <string_view>

/// Checks one answer as soon as it is given.
namespace offhook::inline v0::agent::setup {

/// Returns the answer in the form that setup writes, or what is wrong with it. The complaint quotes only a harmless answer
/// (config/harmless_value.hpp), and never one that is a secret.
using Check = std::function<base::Result<std::string, config::Complaint>(const std::string& answer)>;

/// Takes what the setting at `pointer` ("/sip/extension") takes.
[[nodiscard]] Check as_setting(std::string_view pointer);
/// HOST or HOST:PORT
[[nodiscard]] Check as_host();
/// Takes one of `choices`, in capitals or small letters. `choices` must outlive the check.
[[nodiscard]] Check as_choice(Choices choices);
/// Takes one of `choices` or the provider `itself`, in capitals or small letters.
[[nodiscard]] Check as_other(Choices choices, const std::string& itself);
/// The secret itself, or a reference to it that can be resolved: "${file:/run/secrets/sip}".
[[nodiscard]] Check as_secret(Check check, config::Sources sources);
/// A text of at least two words, or one of kPrompts that can be read.
[[nodiscard]] Check as_prompt(const Files& files);
/// A greeting; "none" becomes "".
[[nodiscard]] Check as_greeting();
/// A number or an address other than the agent's own; "none" becomes "". Without a language model the
/// shipped dialogue must accept it as the target of its transfers.
[[nodiscard]] Check as_transfer_target(const Answers& answers, const Files& files);

}  // namespace offhook::inline v0::agent::setup
