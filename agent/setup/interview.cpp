#include <offhook/agent/setup/interview.hpp>

#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/prompts/prompt_file.hpp>
#include <offhook/agent/setup/written_files.hpp>
#include <offhook/base/text.hpp>

#include <array>
#include <utility>

namespace offhook::inline v0::agent::setup {

namespace {

constexpr auto kYesOrNo = std::to_array<std::string_view>({"yes", "no"});

/// Returns true for a provider that has no recogniser and no voice in Offhook.
bool only_thinks(std::string_view provider) { return find_kind(provider)->sessions.usual == UsualSessions::Thinker; }

/// Returns the names of the providers for which only_thinks() is true: "`one` and `other`".
std::string list_of_thinkers() {
  std::string all;
  for (const std::string_view name : provider_choices()) {
    if (only_thinks(name)) all += (all.empty() ? "`" : " and `") + std::string(name) + "`";
  }
  return all;
}

/// Returns the greeting in the head of an installed prompt, or "none" if the head has no greeting without variables.
std::string greeting_of(const std::string& prompt, const Files& files) {
  if (!is_one_of(kPrompts, prompt)) return "none";
  const auto text = shipped_prompt(prompt, files);
  const auto file = text ? prompts::parse_prompt_file(text->text) : base::fail(prompts::PromptFault{});
  return file && file->greeting && file->greeting->is_fixed() ? file->greeting->render({}, prompts::Use::Speech) : "none";
}

}  // namespace

std::optional<Answers> Interview::take() {
  asker_.say("Setup writes " + options_.path + ", which `offhook run --config " + options_.path + "` uses. Setup writes nothing before it has all answers. Ctrl-C ends it.");
  const bool is_whole = ask_file() && ask_pbx() && ask_providers() && ask_prompt() && ask_greeting() && ask_transfer() && ask_companion() && ask_secrets();
  return is_whole ? std::optional(answers_) : std::nullopt;
}

std::optional<std::string> Interview::ask_call(const Answers& answers) {
  return ask({"Test call: a number, wait, or none",
              "If you write a number, the agent calls it, and talks with the person who answers. If you write `wait`, the agent registers, and picks up when you dial " + answers.extension + ".",
              "none", "1001"},
             as_setting("/agent/fallback/transfer_to"));
}

std::optional<std::string> Interview::ask(const Question& question, const Check& check) {
  for (;;) {
    const auto said = asker_.ask(question);
    if (!said) {
      outcome_.ended = said.error();
      return std::nullopt;
    }
    const std::string answer(base::trim(*said));
    auto checked = check(answer.empty() ? question.usual : answer);
    if (checked) return *std::move(checked);
    const auto& complaint = checked.error();
    asker_.say("  That is " + complaint.found + ". It must be " + complaint.allowed + ": " + complaint.advice + "." +
               (question.example.empty() ? "" : " For example: " + question.example));
  }
}

std::optional<bool> Interview::agrees(const std::string& text, const std::string& why, bool usual) {
  const auto check = [check = as_choice(kYesOrNo)](const std::string& answer) {
    return check(base::iequals(answer, "y") ? "yes" : base::iequals(answer, "n") ? "no" : answer);
  };
  const auto said = ask({text + " (yes, no)", why, usual ? "yes" : "no"}, check);
  if (!said) return std::nullopt;
  return *said == "yes";
}

/// Asks `questions`, then runs `trial` with the answers. If the trial fails, the person may answer again or keep the answers.
bool Interview::until_good(const std::function<bool()>& questions, const std::function<void()>& trial) {
  for (;;) {
    const std::size_t before = trials_.count();
    if (!questions()) return false;
    const std::size_t first = trials_.count();
    trial();
    if (outcome_.ended) return false;
    if (trials_.all_good(first)) return true;
    const auto again = agrees("Answer that again?", "", true);
    if (!again) return false;
    if (!*again) return true;
    trials_.forget(before);
  }
}

bool Interview::ask_file() {
  if (options_.overwrite || !files_.exists(options_.path)) return true;
  const auto agreed = agrees(options_.path + " exists. Overwrite it?", "", false);
  if (agreed && !*agreed) trials_.step("file", {false, options_.path + " exists, and stays as it is: name another file with --out"});
  return agreed && *agreed;
}

bool Interview::ask_pbx() {
  return until_good([this] { return until_good([this] { return ask_host(); }, [this] { trials_.resolve(answers_); }) && ask_extension(); },
                    [this] { trials_.register_at(answers_); });
}

bool Interview::ask_host() {
  const auto host = ask({"Host of the PBX", "Its name or address in your network; HOST:PORT when the port is not 5060.",
                         answers_.host.empty() ? value_of(environment_, "ASTERISK_HOST") : answers_.host, "pbx.example, or 192.168.1.10"},
                        as_host());
  if (host) answers_.host = *host;
  return host.has_value();
}

bool Interview::ask_extension() {
  const auto extension =
      ask({"Extension", "The number that the PBX gave to this telephone. In FreePBX: Applications, Extensions.",
           answers_.extension.empty() ? value_of(environment_, "SIP_EXTENSION") : answers_.extension, "6001"},
          as_setting("/sip/extension"));
  if (!extension) return false;
  answers_.extension = *extension;
  const auto password =
      ask({"Secret of the extension", "The PBX shows it beside the extension. Your input stays hidden. ${file:PATH} means the content of a file.",
           answers_.password.empty() ? value_of(environment_, "SIP_PASSWORD") : answers_.password.reveal(), "", true},
          as_secret(as_setting("/sip/password"), {options_.path, environment_, {}, files_.read}));
  if (password) answers_.password = Secret(*password);
  return password.has_value();
}

bool Interview::ask_providers() {
  answers_.provider = named_in("PROVIDER", provider_choices(), config::usual_provider(environment_));
  return until_good([this] { return ask_provider() && ask_others() && ask_of_providers(); }, [this] { trials_.keys(answers_); });
}

bool Interview::ask_provider() {
  const auto who = ask({"Provider of the agent: " + list_of(provider_choices()),
                        "`local` follows a dialogue file, without any service. " + list_of_thinkers() + " use a model on your own machine. The other providers have language "
                        "models, and charge for each minute: docs/providers.md.",
                        answers_.provider, std::string(answers_.provider)},
                       as_choice(provider_choices()));
  if (who) answers_.provider = *who;
  return who.has_value();
}

/// Asks for a second provider. If MODEL_PROVIDER is set, asks for a model provider. If the first provider has no speech, or SPEECH_PROVIDER is set,
/// asks for a speech provider.
bool Interview::ask_others() {
  answers_.model_provider.clear();
  answers_.speech_provider.clear();
  const std::string& provider = answers_.provider;
  if (!value_of(environment_, "MODEL_PROVIDER").empty()) {
    const auto thinks = ask({"Provider that thinks: " + list_of(thinkers()), "MODEL_PROVIDER is set. Write " + provider + " to use no second provider.", named_in("MODEL_PROVIDER", thinkers(), provider), provider},
                            as_other(thinkers(), provider));
    if (!thinks) return false;
    if (*thinks != provider) answers_.model_provider = *thinks;
  }
  if (!only_thinks(provider) && value_of(environment_, "SPEECH_PROVIDER").empty()) return true;
  const std::string usual = only_thinks(provider) ? "local" : provider;
  const auto speaks = ask({"Provider that listens and speaks: " + list_of(speakers()), "`local` understands only the words of its dialogue file; the other providers understand any sentence.",
                           named_in("SPEECH_PROVIDER", speakers(), usual), usual},
                          only_thinks(provider) ? as_choice(speakers()) : as_other(speakers(), provider));
  if (!speaks) return false;
  if (*speaks != provider) answers_.speech_provider = *speaks;
  return true;
}

bool Interview::ask_of_providers() {
  Answers before = answers_;
  answers_.of_provider.clear();
  for (const AskedQuestion* question : questions_for(answers_, environment_)) {
    const bool may_lack = question->need == Need::Optional;
    Check check = [question](const std::string& answer) { return taken(*question, answer); };
    if (question->is_secret) check = as_secret(check, {options_.path, environment_, {}, files_.read});
    const auto said = ask({std::string(question->text), std::string(question->why), usual_of(*question, before), std::string(question->example), question->is_secret},
                          [&](const std::string& answer) { return may_lack && base::iequals(answer, "none") ? std::string() : check(answer); });
    if (!said) return false;
    if (!said->empty()) answers_.of_provider.emplace_back(question, Secret(*said));
  }
  return true;
}

/// Returns the default of a question: the earlier answer, the value from the environment, or the question's own default.
std::string Interview::usual_of(const AskedQuestion& question, const Answers& before) const {
  for (const auto& [asked, value] : before.of_provider) {
    if (asked == &question) return value.reveal();
  }
  const std::string value = value_of(environment_, question.variable);
  if (question.need != Need::Optional) return value.empty() ? std::string(question.usual) : value;
  // A key from the environment is the default only if the environment also names the server to which it belongs.
  const bool is_its = question.only_with.empty() || !value_of(environment_, question.only_with).empty();
  return value.empty() || !is_its ? "none" : value;
}

/// Returns the value of the variable if it is one of `choices`; if not, returns `otherwise`.
std::string Interview::named_in(std::string_view variable, Choices choices, std::string otherwise) const {
  const auto known = as_choice(choices)(value_of(environment_, variable));
  return known.value_or(std::move(otherwise));
}

bool Interview::ask_prompt() {
  if (!has_model(answers_)) return true;
  const std::string of_environment = value_of(environment_, "PROMPT");
  const auto prompt = ask({"Prompt: a text, or one of " + list_of(kPrompts), "It describes the agent's role and knowledge for the model. For one of these prompts, setup writes a copy beside " + options_.path + ": change it there.",
                           of_environment.empty() ? std::string(kPrompts.front()) : of_environment, "You answer the telephone of Blue River Bicycles."},
                          as_prompt(files_));
  if (prompt) answers_.prompt = *prompt;
  return prompt.has_value();
}

bool Interview::ask_greeting() {
  const std::string of_prompt = greeting_of(answers_.prompt, files_);
  const std::string without = has_model(answers_) ? "Without a greeting, the model begins in its own words." : "Without a greeting, the agent says the greeting of its dialogue file.";
  const auto greeting = ask({of_prompt == "none" ? "Greeting, or none" : "Greeting", "The agent says it first, word for word. " + (of_prompt == "none" ? without : "The default is the greeting of the prompt."), of_prompt,
                             "Blue River Bicycles, you are talking to a computer. How can I help you?"},
                            as_greeting());
  if (greeting && *greeting != of_prompt) answers_.greeting = *greeting;
  return greeting.has_value();
}

bool Interview::ask_transfer() {
  const auto target = ask({"Extension of a person, or none", "The agent transfers a caller to it if the caller asks for a person, or if no provider answers.", "none", "6010"},
                          as_transfer_target(answers_, files_));
  if (target) answers_.transfer_to = *target;
  return target.has_value();
}

bool Interview::ask_companion() {
  const auto companion = companion_of(answers_);
  if (!companion) return true;
  const std::string path = config::beside(options_.path, companion->name);
  if (options_.overwrite || !files_.exists(path)) return true;
  const auto agreed = agrees(path + " exists. Overwrite it?", "If you answer no, the agent uses the existing file.", false);
  if (agreed) answers_.keeps_companion = !*agreed;
  return agreed.has_value();
}

bool Interview::ask_secrets() {
  const std::string variables = variables_of(answers_);
  if (variables.empty()) return true;
  const std::string path = config::beside(options_.path, std::string(kSecretsFile));
  const auto agreed = agrees("Write the secrets to " + path + "?",
                             "Only its owner can read that file, and systemd reads it for the service. If you answer no, setup writes no secret: set " + variables + " in the environment of the agent.", false);
  if (agreed) answers_.writes_secrets = *agreed;
  return agreed.has_value();
}

}  // namespace offhook::inline v0::agent::setup
