#include <offhook/agent/setup/setup.hpp>

#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/setup/answers.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {

using config::json_object;
using config::json_text;
using config::JsonValue;

using Check = std::function<base::Result<std::string, config::Complaint>(const std::string& answer)>;

/// As the setting takes it.
Check as_setting(std::string_view section, std::string_view name) {
  return [setting = config::find_setting(section, name)](const std::string& answer) -> base::Result<std::string, config::Complaint> {
    const auto checked = config::check(*setting, json_text(answer));
    if (!checked) return base::fail(checked.error());
    return answer;
  };
}

/// One of these, however it is written.
Check as_choice(Choices choices) {
  return [choices](const std::string& answer) -> base::Result<std::string, config::Complaint> {
    std::string name = answer;
    std::transform(name.begin(), name.end(), name.begin(), base::to_lower);
    if (is_one_of(choices, name)) return name;
    return base::fail(config::Complaint{"none of these", list_of(choices), "write one of them"});
  };
}

/// The same, or whom that was said of.
Check as_other(Choices choices, const std::string& itself) {
  return [check = as_choice(choices), itself](const std::string& answer) { return base::iequals(answer, itself) ? itself : check(answer); };
}

/// Who hears and speaks nothing by itself.
bool only_thinks(std::string_view provider) { return provider == "ollama" || provider == "openai_compatible"; }

/// One run of the set-up, from the first question to the last step.
class Run {
 public:
  Run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options)
      : asker_(asker), prober_(prober), files_(files), environment_(environment), options_(options) {}

  Outcome take() {
    const auto answers = asker_ != nullptr ? ask_all() : read_all();
    if (!answers) return finish();
    const std::string text = file_of(*answers);
    const auto effective = read(text, *answers);
    for (const auto& problem : effective.problems) step("answers", {false, to_string(problem)});
    if (!effective.problems.empty()) return finish();
    step("answers", {true, "the configuration can be used"});
    if (!probe(effective.config, *answers) && !is_agreed("Not all of it went well. Write the file all the same?")) return finish();
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

  /// Asks until what is answered can be taken.
  std::optional<std::string> ask(const Question& question, const Check& check = {}) {
    for (unsigned tries = 0; tries < kMaxTries; ++tries) {
      const auto said = asker_->ask(question);
      if (!said) break;
      const std::string answer(said->empty() ? question.usual : std::string(base::trim(*said)));
      if (!check) return answer;
      const auto checked = check(answer);
      if (checked) return *checked;
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
                           value_of(environment_, "ASTERISK_HOST"), false});
    if (!host) return std::nullopt;
    const auto extension =
        ask({"Extension", "The number that the PBX gave to this telephone, such as 6001. In FreePBX: Applications, Extensions.",
             value_of(environment_, "SIP_EXTENSION"), false},
            as_setting("sip", "extension"));
    if (!extension) return std::nullopt;
    const auto password = ask({"Secret of the extension", "The PBX shows it beside the extension. It is not shown here.",
                               value_of(environment_, "SIP_PASSWORD"), true},
                              as_setting("sip", "password"));
    if (!password) return std::nullopt;
    Answers answers;
    answers.host = *host;
    answers.extension = *extension;
    answers.password = config::Secret(*password);
    if (!ask_providers(answers) || !ask_of_providers(answers)) return std::nullopt;
    const auto keeps = ask({"Secrets in the file: as they are (file), or by the names of variables (names)",
                            "`file` needs nothing else, and only you can read the file. With `names` " + variables_of(answers) + " must be set where it runs.", "file", false});
    if (!keeps) return std::nullopt;
    answers.keeps_secrets = !base::iequals(*keeps, "names");
    return answers;
  }

  /// What the environment says, where it is one of these.
  [[nodiscard]] std::string usual_of(std::string_view variable, Choices choices, std::string otherwise) const {
    const auto known = as_choice(choices)(value_of(environment_, variable));
    return known ? *known : std::move(otherwise);
  }

  bool ask_providers(Answers& answers) {
    const auto who = ask({"Who talks: " + list_of(kProviderChoices),
                          "`local` talks by a dialogue file, without any service. `ollama` and `openai_compatible` think on a machine of yours. The others have language models, "
                          "and cost money for each minute: docs/providers.md.",
                          usual_of("PROVIDER", kProviderChoices, value_of(environment_, "OPENAI_API_KEY").empty() ? "local" : "openai"), false},
                         as_choice(kProviderChoices));
    if (!who) return false;
    answers.provider = *who;
    if (!value_of(environment_, "MODEL_PROVIDER").empty()) {
      const auto thinks = ask({"Who thinks: " + list_of(kThinkers), "MODEL_PROVIDER is set: " + answers.provider + " leaves that out.", usual_of("MODEL_PROVIDER", kThinkers, answers.provider), false},
                              as_other(kThinkers, answers.provider));
      if (!thinks) return false;
      if (*thinks != answers.provider) answers.model_provider = *thinks;
    }
    if (!only_thinks(answers.provider) && value_of(environment_, "SPEECH_PROVIDER").empty()) return true;
    const auto speaks = ask({"Who listens and speaks: " + list_of(kSpeakers),
                             "`local` understands the words of its dialogue file alone; the others hear any sentence.", usual_of("SPEECH_PROVIDER", kSpeakers, only_thinks(answers.provider) ? "local" : answers.provider), false},
                            only_thinks(answers.provider) ? as_choice(kSpeakers) : as_other(kSpeakers, answers.provider));
    if (!speaks) return false;
    if (*speaks != answers.provider) answers.speech_provider = *speaks;
    return true;
  }

  bool ask_of_providers(Answers& answers) {
    for (const ProviderQuestion* question : questions_for(answers, environment_)) {
      const bool may_lack = question->need == Need::Optional;
      std::string usual = value_of(environment_, question->variable);
      // OpenAI's key is not offered for another's server, unless the environment names that, too.
      if (usual.empty() || (may_lack && value_of(environment_, "OPENAI_BASE_URL").empty())) usual = may_lack ? "none" : question->usual;
      const auto check = [question, may_lack](const std::string& answer) -> base::Result<std::string, config::Complaint> {
        if (may_lack && base::iequals(answer, "none")) return std::string();
        return taken(*question, answer);
      };
      const auto said = ask({std::string(question->text), std::string(question->why), usual, question->is_secret}, check);
      if (!said) return false;
      if (!said->empty()) answers.of_provider.emplace_back(question, config::Secret(*said));
    }
    return true;
  }

  std::optional<Answers> read_all() {
    std::string missing;
    Answers answers = answers_in(environment_, options_.keeps_secrets, missing);
    if (missing.empty()) return answers;
    step("answers", {false, "nobody can be asked here: set " + missing});
    return std::nullopt;
  }

  /// As `offhook check` would: with who does what, which the settings alone do not tell.
  config::Effective read(const std::string& text, const Answers& answers) const {
    auto effective = config::read_text(text, options_.path, {options_.path, environment_of(answers), {}, {}});
    const auto book = build_book(effective, {options_.path, {}, ""});
    effective.problems.insert(effective.problems.end(), book.problems.begin(), book.problems.end());
    return effective;
  }

  bool probe(const config::Config& config, const Answers& answers) {
    const std::size_t before = outcome_.steps.size();
    step("resolve", prober_.resolve(config));
    if (outcome_.steps.back().finding.good) step("register", prober_.register_at(config));
    for (const ProviderPtr& provider : config.providers) {
      const auto is_its = [&](const auto& each) { return each.first->provider == provider->name; };
      if (std::any_of(answers.of_provider.begin(), answers.of_provider.end(), is_its)) step("key", prober_.try_key(*provider));
    }
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
