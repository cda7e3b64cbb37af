#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>
#include <string_view>

/// Functions that check one answer as soon as the person gives it.
namespace offhook::inline v0::agent::setup {

/// Returns the answer in the form that setup writes, or the complaint about the answer. The complaint quotes the answer only if it is harmless
/// (config/harmless_value.hpp), and never a secret.
using Check = std::function<base::Result<std::string, config::Complaint>(const std::string& answer)>;

/// Accepts the values of the setting at `pointer` ("/sip/extension").
[[nodiscard]] Check as_setting(std::string_view pointer);
/// Accepts HOST or HOST:PORT.
[[nodiscard]] Check as_host();
/// Accepts one of `choices`. Ignores upper and lower case. `choices` must outlive the check.
[[nodiscard]] Check as_choice(Choices choices);
/// Accepts one of `choices`, or `itself`, the name of the first provider. Ignores upper and lower case.
[[nodiscard]] Check as_other(Choices choices, const std::string& itself);
/// Accepts a secret that `check` accepts, or a reference that resolves to such a secret: "${file:/run/secrets/sip}".
[[nodiscard]] Check as_secret(Check check, config::Sources sources);
/// Accepts a text of at least two words, or the name of a prompt in kPrompts whose file can be read.
[[nodiscard]] Check as_prompt(const Files& files);
/// Accepts a greeting. Converts "none" to "".
[[nodiscard]] Check as_greeting();
/// Accepts a number or an address, except the agent's own extension. Converts "none" to "". If `answers` name no language model, the target must
/// also be valid in the installed dialogue.
[[nodiscard]] Check as_transfer_target(const Answers& answers, const Files& files);

}  // namespace offhook::inline v0::agent::setup
