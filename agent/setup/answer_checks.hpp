#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>
#include <string_view>

/// Checks one answer at once.
namespace offhook::inline v0::agent::setup {

/// Returns the answer in the form that setup writes, or the complaint about it. The complaint quotes only a harmless answer
/// (config/harmless_value.hpp), and never a secret.
using Check = std::function<base::Result<std::string, config::Complaint>(const std::string& answer)>;

/// Accepts the values of the setting at `pointer` ("/sip/extension").
[[nodiscard]] Check as_setting(std::string_view pointer);
/// Accepts HOST or HOST:PORT.
[[nodiscard]] Check as_host();
/// Accepts one of `choices`, in any case. `choices` must outlive the check.
[[nodiscard]] Check as_choice(Choices choices);
/// Accepts one of `choices` or the provider `itself`, in any case.
[[nodiscard]] Check as_other(Choices choices, const std::string& itself);
/// Accepts a secret that `check` accepts, or a reference that can be resolved: "${file:/run/secrets/sip}".
[[nodiscard]] Check as_secret(Check check, config::Sources sources);
/// Accepts a text of at least two words, or one of kPrompts that can be read.
[[nodiscard]] Check as_prompt(const Files& files);
/// Accepts a greeting; "none" becomes "".
[[nodiscard]] Check as_greeting();
/// Accepts a number or an address that is not the agent's own; "none" becomes "". Without a language model, the dialogue that Offhook
/// installs must accept it as the target of its transfers.
[[nodiscard]] Check as_transfer_target(const Answers& answers, const Files& files);

}  // namespace offhook::inline v0::agent::setup
