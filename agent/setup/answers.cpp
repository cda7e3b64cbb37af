#include <offhook/agent/setup/answers.hpp>

#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/provider_urls.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/reference.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::setup {

namespace {

bool is_named(const Answers& answers, std::string_view provider) {
  return answers.provider == provider || answers.model_provider == provider || answers.speech_provider == provider;
}

bool is_asked(const AskedQuestion& question, const Answers& answers) {
  const std::string_view name = question.kind->name;
  if (!is_named(answers, name) || is_anothers(question, answers)) return false;
  const std::string& thinks = answers.model_provider.empty() ? answers.provider : answers.model_provider;
  const std::string& speaks = answers.speech_provider.empty() ? answers.provider : answers.speech_provider;
  switch (question.use) {
    case AnswerUse::All: return true;
    case AnswerUse::Model: return name == thinks;
    case AnswerUse::Speech: return name == speaks;
  }
  return true;
}

/// Returns all secrets of the answers, including references to a variable or a file.
std::vector<std::pair<std::string_view, Secret>> all_secrets_of(const Answers& answers) {
  std::vector<std::pair<std::string_view, Secret>> secrets{{"SIP_PASSWORD", answers.password}};
  for (const auto& [question, value] : answers.of_provider) {
    const auto has_its_variable = [&asked = *question](const auto& other) { return other.first == asked.variable; };
    if (question->is_secret && std::none_of(secrets.begin(), secrets.end(), has_its_variable)) secrets.emplace_back(question->variable, value);
  }
  return secrets;
}

}  // namespace

bool has_model(const Answers& answers) { return (answers.model_provider.empty() ? answers.provider : answers.model_provider) != "local"; }

bool is_anothers(const AskedQuestion& question, const Answers& answers) {
  return !question.not_beside.empty() && is_named(answers, question.kind->name) && is_named(answers, question.not_beside);
}

std::string list_of(Choices choices) {
  std::string all;
  for (const std::string_view choice : choices) all += (all.empty() ? "" : ", ") + std::string(choice);
  return all;
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), base::to_lower);
  return text;
}

bool is_one_of(Choices choices, std::string_view name) { return std::find(choices.begin(), choices.end(), name) != choices.end(); }

std::string value_of(const config::Environment& environment, std::string_view name) {
  const auto value = environment ? environment(std::string(name)) : std::nullopt;
  return value.value_or("");
}

std::vector<const AskedQuestion*> questions_for(const Answers& answers, const config::Environment& environment) {
  std::vector<const AskedQuestion*> questions;
  for (const AskedQuestion& question : provider_questions()) {
    const bool is_wanted = question.need != Need::IfSet || !value_of(environment, question.variable).empty();
    if (is_wanted && is_asked(question, answers)) questions.push_back(&question);
  }
  return questions;
}

base::Result<std::string, config::Complaint> taken(const AskedQuestion& question, const std::string& answer) {
  const config::Setting& setting = *config::find_inner("/providers/x" + std::string(question.pointer))->setting;
  auto checked = config::check(setting, json_text(answer));
  if (setting.shape != config::Shape::Url) {
    if (!checked) return base::fail(checked.error());
    return checked->text;
  }
  const Provider& kind = *question.kind;
  if (!checked) return base::fail(config::Complaint{checked.error().found, config::allowed_base(kind), checked.error().advice});
  if (auto complaint = config::complain_of_base(kind, checked->text)) return base::fail(*std::move(complaint));
  return config::base_of_url(kind, checked->text);
}

base::Result<Answers, std::string> answers_in(const config::Environment& environment, bool writes_secrets) {
  Answers answers;
  std::string missing;
  answers.host = value_of(environment, "ASTERISK_HOST");
  answers.extension = value_of(environment, "SIP_EXTENSION");
  answers.password = Secret(value_of(environment, "SIP_PASSWORD"));
  answers.provider = lowered(value_of(environment, "PROVIDER"));
  if (answers.provider.empty()) answers.provider = config::usual_provider(environment);
  answers.model_provider = lowered(value_of(environment, "MODEL_PROVIDER"));
  answers.speech_provider = lowered(value_of(environment, "SPEECH_PROVIDER"));
  answers.writes_secrets = writes_secrets;
  const auto need = [&missing](bool is_there, const std::string& name) {
    if (!is_there) missing += (missing.empty() ? "" : ", ") + name;
  };
  need(!answers.host.empty(), "ASTERISK_HOST");
  need(!answers.extension.empty(), "SIP_EXTENSION");
  need(!answers.password.empty(), "SIP_PASSWORD");
  need(is_one_of(provider_choices(), answers.provider), "PROVIDER (" + list_of(provider_choices()) + ")");
  const std::string others = "; write other providers in the file: docs/providers.md)";
  need(answers.model_provider.empty() || is_one_of(thinkers(), answers.model_provider), "MODEL_PROVIDER (" + list_of(thinkers()) + others);
  need(answers.speech_provider.empty() || is_one_of(speakers(), answers.speech_provider), "SPEECH_PROVIDER (" + list_of(speakers()) + others);
  for (const AskedQuestion* question : questions_for(answers, environment)) {
    std::string value = value_of(environment, question->variable);
    if (value.empty()) value = question->usual;
    const bool may_do_without = !question->kind->config.default_variable.empty() && answers.provider == question->kind->name;
    need(!value.empty() || question->need != Need::Always, std::string(question->variable) + (may_do_without ? " (or PROVIDER=local)" : ""));
    if (value.empty()) continue;
    if (const auto good = taken(*question, value)) value = *good;  // An invalid value is reported by the check of the whole file.
    answers.of_provider.emplace_back(question, Secret(std::move(value)));
  }
  if (!missing.empty()) return base::fail(missing);
  return answers;
}

std::vector<std::pair<std::string_view, Secret>> secrets_of(const Answers& answers) {
  auto secrets = all_secrets_of(answers);
  std::erase_if(secrets, [](const auto& each) { return config::is_reference(each.second.reveal()); });
  return secrets;
}

std::string variables_of(const Answers& answers) {
  std::string all;
  for (const auto& [variable, value] : secrets_of(answers)) all += (all.empty() ? "" : " and ") + std::string(variable);
  return all;
}

config::Environment environment_of(const Answers& answers, const config::Environment& environment) {
  return [answers, environment](const std::string& name) -> std::optional<std::string> {
    bool is_referred_to = name == "CREDENTIALS_DIRECTORY";
    for (const auto& [variable, value] : all_secrets_of(answers)) {
      if (name == variable && !config::is_reference(value.reveal())) return value.reveal();
      is_referred_to = is_referred_to || value.reveal() == "${" + name + "}";
    }
    return is_referred_to && environment ? environment(name) : std::nullopt;
  };
}

}  // namespace offhook::inline v0::agent::setup
