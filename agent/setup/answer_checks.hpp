#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>
#include <string_view>

/// Checks one answer as soon as it is given.
namespace offhook::inline v0::agent::setup {

/// Returns the answer as it is taken over, or what is wrong with it. The complaint never quotes the answer.
using Check = std::function<base::Result<std::string, config::Complaint>(const std::string& answer)>;

/// As the setting takes it. "/sip/extension"
[[nodiscard]] Check as_setting(std::string_view pointer);
/// HOST or HOST:PORT
[[nodiscard]] Check as_host();
/// One of `choices`, in capitals or not. `choices` must outlive the check.
[[nodiscard]] Check as_choice(Choices choices);
/// The same, or `itself`.
[[nodiscard]] Check as_other(Choices choices, const std::string& itself);
/// The secret itself, or a reference to it that can be resolved: "${file:/run/secrets/sip}".
[[nodiscard]] Check as_secret(Check check, config::Sources sources);
/// A text of at least two words, or one of kPrompts that can be read.
[[nodiscard]] Check as_prompt(const Files& files);
/// A greeting; "none" becomes "".
[[nodiscard]] Check as_greeting();
/// A number or an address other than the agent's own; "none" becomes "". For `local` its dialogue must take it, too.
[[nodiscard]] Check as_transfer_target(const Answers& answers, const Files& files);

}  // namespace offhook::inline v0::agent::setup
