#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/provider_questions.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The answers of a person or of the environment.
namespace offhook::inline v0::agent::setup {

using Choices = std::span<const std::string_view>;

struct Answers {
  std::string host, extension;
  config::Secret password;
  std::string provider = "local";
  std::string model_provider, speech_provider;  ///< a provider that thinks, or listens and speaks, in place of `provider`; "": none
  std::vector<std::pair<const ProviderQuestion*, config::Secret>> of_provider;
  std::string prompt;            ///< a text, or one of kPrompts; "": none
  std::string greeting;          ///< "": the greeting of the prompt, of the dialogue or of the model
  std::string transfer_to;       ///< "": no transfers
  bool keeps_companion = false;  ///< the existing file of that name stays as it is
  bool writes_secrets = false;
};

/// True when a language model thinks, and no dialogue file.
[[nodiscard]] bool has_model(const Answers& answers);

/// "local, openai"
[[nodiscard]] std::string list_of(Choices choices);
/// ASCII capitals become small letters.
[[nodiscard]] std::string lowered(std::string text);
[[nodiscard]] bool is_one_of(Choices choices, std::string_view name);
/// A variable's value; "" where it is not set.
[[nodiscard]] std::string value_of(const config::Environment& environment, std::string_view name);

/// The questions about the providers that `answers` names, in the order of kProviderQuestions.
[[nodiscard]] std::vector<const ProviderQuestion*> questions_for(const Answers& answers, const config::Environment& environment);
/// True when `answers` names OpenAI and a server like it: they share their variables.
[[nodiscard]] bool share_variables(const Answers& answers);
/// An answer as it is taken over, or what is wrong with it.
[[nodiscard]] base::Result<std::string, config::Complaint> taken(const ProviderQuestion& question, const std::string& answer);

/// The answers that the environment gives. The error lists the variables that are missing: "ASTERISK_HOST, SIP_EXTENSION".
[[nodiscard]] base::Result<Answers, std::string> answers_in(const config::Environment& environment, bool writes_secrets);

/// The secrets that are not references to a variable or a file, each with its variable.
[[nodiscard]] std::vector<std::pair<std::string_view, config::Secret>> secrets_of(const Answers& answers);
/// Which variables hold these secrets: "SIP_PASSWORD and OPENAI_API_KEY".
[[nodiscard]] std::string variables_of(const Answers& answers);
/// Of the environment only what the configuration refers to, so that a trial uses nothing else. The answers replace its values.
[[nodiscard]] config::Environment environment_of(const Answers& answers, const config::Environment& environment);

}  // namespace offhook::inline v0::agent::setup
