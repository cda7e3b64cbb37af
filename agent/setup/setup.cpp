#include <offhook/agent/setup/setup.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::setup {

namespace {

using config::json_object;
using config::json_text;
using config::JsonValue;

struct Answers {
  std::string host, extension;
  config::Secret password, key;  // No key: the embedded parts.
  bool keeps_secrets = true;
};

std::string value_of(const config::Environment& environment, const char* name) {
  const auto value = environment ? environment(name) : std::nullopt;
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
    const auto key =
        ask({"OpenAI key, or local",
             "A key of an OpenAI project (it begins with sk-) lets a language model talk, and costs money for each minute. "
             "`local` talks by a dialogue file, without any service.",
             value_of(environment_, "OPENAI_API_KEY").empty() ? "local" : value_of(environment_, "OPENAI_API_KEY"), true},
            nullptr);
    if (!key) return std::nullopt;
    const auto keeps = ask({"Secrets in the file: as they are (file), or by the names of variables (names)",
                            "`file` needs nothing else, and only you can read the file. With `names` SIP_PASSWORD and "
                            "OPENAI_API_KEY must be set where it runs.",
                            "file", false},
                           nullptr);
    if (!keeps) return std::nullopt;
    return Answers{*host, *extension, config::Secret(*password), config::Secret(base::iequals(*key, "local") ? "" : *key),
                   !base::iequals(*keeps, "names")};
  }

  std::optional<Answers> read_all() {
    Answers answers{value_of(environment_, "ASTERISK_HOST"), value_of(environment_, "SIP_EXTENSION"),
                    config::Secret(value_of(environment_, "SIP_PASSWORD")),
                    config::Secret(value_of(environment_, "OPENAI_API_KEY")), options_.keeps_secrets};
    const bool is_local = base::iequals(value_of(environment_, "PROVIDER"), "local");
    if (is_local) answers.key = {};
    std::string missing;
    const auto need = [&missing](bool is_there, std::string_view name) {
      if (!is_there) missing += (missing.empty() ? "" : ", ") + std::string(name);
    };
    need(!answers.host.empty(), "ASTERISK_HOST");
    need(!answers.extension.empty(), "SIP_EXTENSION");
    need(!answers.password.empty(), "SIP_PASSWORD");
    need(is_local || !answers.key.empty(), "OPENAI_API_KEY (or PROVIDER=local)");
    if (missing.empty()) return answers;
    step("answers", {false, "nobody can be asked here: set " + missing});
    return std::nullopt;
  }

  static std::string text_of(const Answers& answers) {
    const auto secret = [&](const config::Secret& value, const char* variable) {
      return json_text(answers.keeps_secrets ? value.reveal() : "${" + std::string(variable) + "}");
    };
    std::vector<std::pair<std::string, JsonValue>> sip{{"extension", json_text(answers.extension)},
                                                       {"password", secret(answers.password, "SIP_PASSWORD")}};
    const auto split = config::split_host(answers.host);
    sip.emplace_back("host", json_text(split ? split->host : std::string_view(answers.host)));
    if (split && split->port != 0) sip.emplace_back("port", config::json_integer(split->port));
    JsonValue file = json_object({{"sip", json_object(std::move(sip))}});
    file.members.emplace_back("agent", json_object({{"provider", json_text(answers.key.empty() ? "local" : "openai")}}));
    if (!answers.key.empty())
      file.members.emplace_back("providers",
                                json_object({{"openai", json_object({{"api_key", secret(answers.key, "OPENAI_API_KEY")}})}}));
    return config::write_json(file, 2) + "\n";
  }

  /// As it will be read where it runs: of the environment only what the file refers to, so that it is the file that is tried.
  config::Effective read(const std::string& text, const Answers& answers) const {
    const config::Environment given = [answers](const std::string& name) -> std::optional<std::string> {
      if (name == "SIP_PASSWORD") return answers.password.reveal();
      if (name == "OPENAI_API_KEY" && !answers.key.empty()) return answers.key.reveal();
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
