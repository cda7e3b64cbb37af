#include <offhook/agent/setup/setup.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/setup/provider_questions.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {

using config::json_object;
using config::json_text;
using config::JsonValue;

struct Answers {
  std::string host, extension;
  config::Secret password;
  std::string provider = "local";
  std::vector<std::pair<const ProviderQuestion*, config::Secret>> of_provider;
  bool keeps_secrets = true;
};

std::string choices() {
  std::string all;
  for (const std::string_view choice : kProviderChoices) all += (all.empty() ? "" : ", ") + std::string(choice);
  return all;
}

bool is_choice(std::string_view provider) { return std::find(kProviderChoices.begin(), kProviderChoices.end(), provider) != kProviderChoices.end(); }

std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  while (!pointer.empty()) {
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    steps.emplace_back(pointer.substr(1, end - 1));
    pointer.remove_prefix(end);
  }
  return steps;
}

std::string value_of(const config::Environment& environment, std::string_view name) {
  const auto value = environment ? environment(std::string(name)) : std::nullopt;
  return value.value_or("");
}

/// One run of the set-up, from the first question to the last step.
class Run {
 public:
  Run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options)
      : asker_(asker), prober_(prober), files_(files), environment_(environment), options_(options) {}

  Outcome take() {
    const auto answers = asker_ != nullptr ? ask_all() : read_all();
    if (!answers) return finish();
    const std::string text = text_of(*answers);
    const auto effective = read(text, *answers);
    for (const auto& problem : effective.problems) step("answers", {false, to_string(problem)});
    if (!effective.problems.empty()) return finish();
    step("answers", {true, "the configuration can be used"});
    if (!probe(effective.config) && !is_agreed("Not all of it went well. Write the file all the same?")) return finish();
    if (!write(text)) return finish();
    place_call(effective.config);
    return finish();
  }

 private:
  Outcome finish() {
    outcome_.all_good = !outcome_.steps.empty() && std::all_of(outcome_.steps.begin(), outcome_.steps.end(),
                                                               [](const Step& each) { return each.finding.good; });
    return std::move(outcome_);
  }
  void step(std::string name, Finding finding) {
    if (asker_ != nullptr) asker_->say((finding.good ? "  ok: " : "  not ok: ") + finding.what);
    outcome_.steps.push_back({std::move(name), std::move(finding)});
  }

  /// Asks until what is answered fits the setting.
  std::optional<std::string> ask(const Question& question, const config::Setting* setting) {
    for (unsigned tries = 0; tries < kMaxTries; ++tries) {
      const auto said = asker_->ask(question);
      if (!said) break;
      const std::string answer(said->empty() ? question.usual : std::string(base::trim(*said)));
      if (setting == nullptr) return answer;
      const auto checked = config::check(*setting, json_text(answer));
      if (checked) return answer;
      asker_->say("  That is " + checked.error().found + ". It must be " + checked.error().allowed + ": " +
                  checked.error().advice + ".");
    }
    outcome_.steps.push_back({"answers", {false, "no answer to: " + question.text}});
    return std::nullopt;
  }

  std::optional<Answers> ask_all() {
    asker_->say("This writes " + options_.path + ", which `offhook run --config " + options_.path +
                "` uses. Nothing is written before you were asked.");
    const auto host = ask({"Host of the PBX", "Its name or address in your network, such as pbx.example or 192.168.1.10.",
                           value_of(environment_, "ASTERISK_HOST"), false},
                          nullptr);
    if (!host) return std::nullopt;
    const auto extension =
        ask({"Extension", "The number that the PBX gave to this telephone, such as 6001. In FreePBX: Applications, Extensions.",
             value_of(environment_, "SIP_EXTENSION"), false},
            config::find_setting("sip", "extension"));
    if (!extension) return std::nullopt;
    const auto password = ask({"Secret of the extension", "The PBX shows it beside the extension. It is not shown here.",
                               value_of(environment_, "SIP_PASSWORD"), true},
                              config::find_setting("sip", "password"));
    if (!password) return std::nullopt;
    Answers answers{*host, *extension, config::Secret(*password), {}, {}, true};
    if (!ask_provider(answers)) return std::nullopt;
    const auto keeps = ask({"Secrets in the file: as they are (file), or by the names of variables (names)",
                            "`file` needs nothing else, and only you can read the file. With `names` " + variables_of(answers) + " must be set where it runs.", "file", false},
                           nullptr);
    if (!keeps) return std::nullopt;
    answers.keeps_secrets = !base::iequals(*keeps, "names");
    return answers;
  }

  bool ask_provider(Answers& answers) {
    const std::string usual = value_of(environment_, "PROVIDER");
    for (unsigned tries = 0;; ++tries) {
      const auto said = ask({"Who talks: " + choices(),
                             "`local` talks by a dialogue file, without any service. `ollama` thinks on a machine of yours. The others have language models, and cost money for "
                             "each minute: docs/providers.md.",
                             is_choice(usual) ? usual : value_of(environment_, "OPENAI_API_KEY").empty() ? "local" : "openai", false},
                            nullptr);
      if (!said || tries == kMaxTries) return false;
      answers.provider = *said;
      std::transform(answers.provider.begin(), answers.provider.end(), answers.provider.begin(), base::to_lower);
      if (is_choice(answers.provider)) break;
      asker_->say("  That is none of these: " + choices() + ".");
    }
    for (const ProviderQuestion& question : kProviderQuestions) {
      if (question.provider != answers.provider) continue;
      const std::string known = value_of(environment_, question.variable);
      const auto place = config::find_inner("/providers/x" + std::string(question.pointer));
      const auto said = ask({std::string(question.text), std::string(question.why), known.empty() ? std::string(question.usual) : known, question.is_secret}, place->setting);
      if (!said) return false;
      answers.of_provider.emplace_back(&question, config::Secret(*said));
    }
    return true;
  }

  /// "SIP_PASSWORD and OPENAI_API_KEY"
  static std::string variables_of(const Answers& answers) {
    std::string all = "SIP_PASSWORD";
    for (const auto& [question, value] : answers.of_provider) {
      if (question->is_secret) all += " and " + std::string(question->variable);
    }
    return all;
  }

  std::optional<Answers> read_all() {
    Answers answers{value_of(environment_, "ASTERISK_HOST"), value_of(environment_, "SIP_EXTENSION"), config::Secret(value_of(environment_, "SIP_PASSWORD")),
                    value_of(environment_, "PROVIDER"), {}, options_.keeps_secrets};
    if (answers.provider.empty()) answers.provider = "openai";
    std::string missing;
    const auto need = [&missing](bool is_there, const std::string& name) {
      if (!is_there) missing += (missing.empty() ? "" : ", ") + name;
    };
    need(!answers.host.empty(), "ASTERISK_HOST");
    need(!answers.extension.empty(), "SIP_EXTENSION");
    need(!answers.password.empty(), "SIP_PASSWORD");
    need(is_choice(answers.provider), "PROVIDER (" + choices() + ")");
    for (const ProviderQuestion& question : kProviderQuestions) {
      if (question.provider != answers.provider) continue;
      std::string value = value_of(environment_, question.variable);
      if (value.empty()) value = question.usual;
      need(!value.empty(), std::string(question.variable) + (question.provider == "openai" ? " (or PROVIDER=local)" : ""));
      answers.of_provider.emplace_back(&question, config::Secret(std::move(value)));
    }
    if (missing.empty()) return answers;
    step("answers", {false, "nobody can be asked here: set " + missing});
    return std::nullopt;
  }

  static std::string text_of(const Answers& answers) {
    const auto secret = [&](const config::Secret& value, std::string_view variable) {
      return json_text(answers.keeps_secrets ? value.reveal() : "${" + std::string(variable) + "}");
    };
    std::vector<std::pair<std::string, JsonValue>> sip{{"extension", json_text(answers.extension)},
                                                       {"password", secret(answers.password, "SIP_PASSWORD")}};
    const auto split = config::split_host(answers.host);
    sip.emplace_back("host", json_text(split ? split->host : std::string_view(answers.host)));
    if (split && split->port != 0) sip.emplace_back("port", config::json_integer(split->port));
    JsonValue file = json_object({{"sip", json_object(std::move(sip))}});
    file.members.emplace_back("agent", json_object({{"provider", json_text(answers.provider)}}));
    if (answers.of_provider.empty()) return config::write_json(file, 2) + "\n";
    JsonValue provider{.kind = JsonValue::Kind::Object};
    for (const auto& [question, value] : answers.of_provider)
      config::put_inner(provider, steps_of(question->pointer), question->is_secret ? secret(value, question->variable) : json_text(value.reveal()));
    file.members.emplace_back("providers", json_object({{answers.provider, std::move(provider)}}));
    return config::write_json(file, 2) + "\n";
  }

  /// As it will be read where it runs: of the environment only what the file refers to, so that it is the file that is tried.
  config::Effective read(const std::string& text, const Answers& answers) const {
    const config::Environment given = [answers](const std::string& name) -> std::optional<std::string> {
      if (name == "SIP_PASSWORD") return answers.password.reveal();
      for (const auto& [question, value] : answers.of_provider) {
        if (question->is_secret && name == question->variable) return value.reveal();
      }
      return std::nullopt;
    };
    return config::read_text(text, options_.path, {options_.path, given, {}, {}});
  }

  bool probe(const config::Config& config) {
    const std::size_t before = outcome_.steps.size();
    step("resolve", prober_.resolve(config));
    if (outcome_.steps.back().finding.good) step("register", prober_.register_at(config));
    if (const auto provider = config::find_provider(config, config.agent.provider);
        provider && provider->kind != ProviderKind::Local)
      step("key", prober_.try_key(*provider));
    return std::all_of(outcome_.steps.begin() + static_cast<std::ptrdiff_t>(before), outcome_.steps.end(),
                       [](const Step& each) { return each.finding.good; });
  }

  bool is_agreed(const std::string& what) {
    if (asker_ == nullptr) return false;
    const auto said = asker_->ask({what + " (yes, no)", "", "no", false});
    return said && (base::iequals(base::trim(*said), "yes") || base::iequals(base::trim(*said), "y"));
  }

  bool write(const std::string& text) {
    if (files_.exists(options_.path) && !options_.overwrite && !is_agreed(options_.path + " is there already. Write over it?")) {
      step("file", {false, options_.path + " is there already, and stays as it is: name another with --out, or say --overwrite"});
      return false;
    }
    const std::string failed = files_.write(options_.path, text);
    outcome_.is_written = failed.empty();
    step("file", {failed.empty(), failed.empty() ? options_.path + " is written, for your eyes only (mode 0600)"
                                                 : options_.path + " cannot be written: " + failed});
    return outcome_.is_written;
  }

  void place_call(const config::Config& config) {
    std::string call = options_.call;
    if (call.empty() && asker_ != nullptr) {
      const auto said = asker_->ask(
          {"A number to call now, `wait` to be called, or nothing",
           "To hear it once: the agent calls the number, or picks up when you dial " + config.sip.extension + ".", "", false});
      call = said ? std::string(base::trim(*said)) : "";
    }
    if (call.empty()) return;
    const bool waits = base::iequals(call, "wait");
    if (asker_ != nullptr && waits) asker_->say("Dial " + config.sip.extension + " now.");
    step("call", prober_.call(config, waits ? "" : call));
  }

  Asker* asker_;
  Prober& prober_;
  const Files& files_;
  const config::Environment& environment_;
  const Options& options_;
  Outcome outcome_;
};

}  // namespace

Outcome run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options) {
  return Run(asker, prober, files, environment, options).take();
}

std::string to_json(const Outcome& outcome, const Options& options) {
  JsonValue steps{.kind = JsonValue::Kind::List};
  for (const Step& each : outcome.steps)
    steps.items.push_back(json_object({{"step", json_text(each.name)},
                                       {"good", config::json_flag(each.finding.good)},
                                       {"what", json_text(each.finding.what)}}));
  return config::write_json(json_object({{"written", config::json_flag(outcome.is_written)},
                                         {"all_good", config::json_flag(outcome.all_good)},
                                         {"path", json_text(options.path)},
                                         {"steps", std::move(steps)}}));
}

}  // namespace offhook::inline v0::agent::setup
