#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/provider_questions.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The answers to the questions of setup, which a person or the environment gives.
namespace offhook::inline v0::agent::setup {

using Choices = std::span<const std::string_view>;

struct Answers {
  std::string host, extension;
  Secret password;
  std::string provider = "local";
  std::string model_provider, speech_provider;  ///< providers of the model, and of recognition and voice, instead of `provider`; "": `provider`
  std::vector<std::pair<const AskedQuestion*, Secret>> of_provider;
  std::string prompt;            ///< a text, or one of kPrompts; "": no prompt
  std::string greeting;          ///< "": the greeting of the prompt, of the dialogue or of the model
  std::string transfer_to;       ///< "": the agent transfers no calls
  bool keeps_companion = false;  ///< true: an existing companion file stays unchanged
  bool writes_secrets = false;
};

/// Returns true if a language model, and not a dialogue file, determines what the agent says.
[[nodiscard]] bool has_model(const Answers& answers);

/// Returns the choices, separated by commas: "yes, no".
[[nodiscard]] std::string list_of(Choices choices);
/// Converts ASCII capitals to lower case.
[[nodiscard]] std::string lowered(std::string text);
[[nodiscard]] bool is_one_of(Choices choices, std::string_view name);
/// Returns a variable's value; "" when it is not set.
[[nodiscard]] std::string value_of(const config::Environment& environment, std::string_view name);

/// Returns the questions about the providers in `answers`, in the order of provider_questions().
[[nodiscard]] std::vector<const AskedQuestion*> questions_for(const Answers& answers, const config::Environment& environment);
/// Two kinds of providers can read the same variable. Returns true if `answers` name another provider whose variable it is: setup then does not ask
/// `question`, so that no key goes to the server of the wrong provider.
[[nodiscard]] bool is_anothers(const AskedQuestion& question, const Answers& answers);
/// Checks an answer to `question`. Returns the answer in its stored form, or the complaint about the answer.
[[nodiscard]] base::Result<std::string, config::Complaint> taken(const AskedQuestion& question, const std::string& answer);

/// Returns the answers that the environment gives. The error lists the variables that are missing: "ASTERISK_HOST, SIP_EXTENSION".
[[nodiscard]] base::Result<Answers, std::string> answers_in(const config::Environment& environment, bool writes_secrets);

/// Returns the secrets that are not references to a variable or a file, each with the name of its variable.
[[nodiscard]] std::vector<std::pair<std::string_view, Secret>> secrets_of(const Answers& answers);
/// Returns the variables of secrets_of(answers) as a text: "SIP_PASSWORD and NAME_API_KEY".
[[nodiscard]] std::string variables_of(const Answers& answers);
/// Returns an environment for trials: only the variables to which the configuration refers, with the secrets of `answers` as values of their variables.
[[nodiscard]] config::Environment environment_of(const Answers& answers, const config::Environment& environment);

}  // namespace offhook::inline v0::agent::setup
