#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/provider_questions.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a person, or the environment, said; and the file that comes of it.
namespace offhook::inline v0::agent::setup {

using Choices = std::span<const std::string_view>;

struct Answers {
  std::string host, extension;
  config::Secret password;
  std::string provider = "local";
  std::string model_provider, speech_provider;  ///< who thinks, and who listens and speaks, instead; "": nobody
  std::vector<std::pair<const ProviderQuestion*, config::Secret>> of_provider;
  bool keeps_secrets = true;
};

/// "local, openai"
[[nodiscard]] std::string list_of(Choices choices);
[[nodiscard]] bool is_one_of(Choices choices, std::string_view name);
/// A variable's value; "" where it is not set.
[[nodiscard]] std::string value_of(const config::Environment& environment, std::string_view name);

/// What must be known of those whom `answers` names, in this order.
[[nodiscard]] std::vector<const ProviderQuestion*> questions_for(const Answers& answers, const config::Environment& environment);
/// An answer as it is taken over, or what is wrong with it.
[[nodiscard]] base::Result<std::string, config::Complaint> taken(const ProviderQuestion& question, const std::string& answer);

/// By the environment alone. `missing`: what is not set, "" when all is there.
[[nodiscard]] Answers answers_in(const config::Environment& environment, bool keeps_secrets, std::string& missing);

/// Which variables hold the secrets: "SIP_PASSWORD and OPENAI_API_KEY".
[[nodiscard]] std::string variables_of(const Answers& answers);
[[nodiscard]] std::string file_of(const Answers& answers);
/// Of the environment only what the file refers to, so that it is the file that is tried.
[[nodiscard]] config::Environment environment_of(const Answers& answers);

}  // namespace offhook::inline v0::agent::setup
