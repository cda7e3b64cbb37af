#include <offhook/agent/setup/setup.hpp>

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/interview.hpp>
#include <offhook/agent/setup/trials.hpp>
#include <offhook/agent/setup/written_files.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/base/text.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {


/// One run of the set-up, from the first question to the test call.
class Run {
 public:
  Run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options)
      : asker_(asker), files_(files), environment_(environment), options_(options), trials_(asker, prober, files, environment, options, outcome_) {
    if (asker != nullptr) interview_ = std::make_unique<Interview>(*asker, trials_, files, environment, options, outcome_);
  }

  Outcome take() {
    if (is_written_beside(options_.path)) {
      trials_.step("file", {false, options_.path + " is the name of a file that setup writes beside the configuration: name another file with --out, such as offhook.json"});
      return finish();
    }
    const auto answers = interview_ ? interview_->take() : read_all();
    if (!answers) return finish();
    if (!is_tried(*answers) || !write(*answers)) return finish();
    place_call(*answers);
    if (asker_ != nullptr && !outcome_.ended) asker_->say(next_step(*answers));
    return finish();
  }

 private:
  Outcome finish() {
    outcome_.all_good = !outcome_.ended && trials_.count() > 0 && trials_.all_good(0);
    return std::move(outcome_);
  }

  std::optional<Answers> read_all() {
    if (files_.exists(options_.path) && !options_.overwrite) {
      trials_.step("file", {false, options_.path + " exists, and stays as it is: name another file with --out, or set --overwrite"});
      return std::nullopt;
    }
    auto answers = answers_in(environment_, options_.keeps_secrets);
    if (answers) return *std::move(answers);
    trials_.step("answers", {false, "answers are missing: set " + answers.error()});
    return std::nullopt;
  }

  /// Runs the trials, and returns true if all are good. After an interview it checks only the configuration: the interview has run the other trials.
  bool is_tried(const Answers& answers) {
    const std::size_t first = trials_.count();
    trials_.check(answers);
    if (interview_ || !trials_.all_good(first)) return trials_.all_good(first);
    trials_.resolve(answers);
    trials_.register_at(answers);
    trials_.keys(answers);
    return !outcome_.ended && trials_.all_good(first);
  }

  /// Writes the files, the configuration last, so that it never refers to a file that could not be written.
  bool write(const Answers& answers) {
    if (const auto companion = companion_of(answers); companion && !answers.keeps_companion) {
      const auto text = companion_text(*companion, answers, files_);
      if (!text) trials_.step("file", {false, text.error()});
      if (!text || !write(config::beside(options_.path, companion->name), *text, Readers::Everyone)) return false;
    }
    if (answers.writes_secrets && !write_secrets(answers)) return false;
    outcome_.is_written = write(options_.path, configuration_of(answers), Readers::Everyone);
    return outcome_.is_written;
  }

  bool write_secrets(const Answers& answers) {
    const std::string path = config::beside(options_.path, std::string(kSecretsFile));
    const auto existing = files_.exists(path) ? files_.read(path, kMaxSecretsFile) : config::FileText{};
    if (existing) return write(path, secrets_file_of(answers, existing->text), Readers::Owner);
    trials_.step("file", {false, path + " exists and cannot be read: " + existing.error()});
    return false;
  }

  bool write(const std::string& path, const std::string& text, Readers readers) {
    const std::string failed = files_.write(path, text, readers);
    if (failed.empty()) outcome_.written.push_back(path);
    trials_.step("file", {failed.empty(), failed.empty() ? path + " is written" + (readers == Readers::Owner ? ", and only its owner can read it (mode 0600)" : "")
                                                         : path + " cannot be written: " + failed});
    return failed.empty();
  }

  void place_call(const Answers& answers) {
    std::string number = options_.call;
    if (number.empty() && interview_) number = interview_->ask_call(answers).value_or("none");
    if (outcome_.ended || number.empty() || base::iequals(number, "none")) return;
    trials_.call(trials_.read(answers).config, base::iequals(number, "wait") ? "" : number);
  }

  std::string next_step(const Answers& answers) const {
    const bool is_service = options_.path == kServiceFile;
    const std::string start = is_service ? "sudo systemctl enable --now offhook" : "offhook run --config " + options_.path;
    const std::string secrets = config::beside(options_.path, std::string(kSecretsFile));
    const std::string variables = variables_of(answers);
    if (variables.empty() || (is_service && answers.writes_secrets)) return "\nNext: " + start;
    if (answers.writes_secrets) return std::string("\nNext: set -a; . ") + (secrets.find('/') == std::string::npos ? "./" : "") + secrets + "; set +a; " + start;
    return "\nNext: " + (is_service ? "write " + variables + " to " + secrets : "set " + variables) + ", then: " + start;
  }

  Asker* asker_;
  const Files& files_;
  const config::Environment& environment_;
  const Options& options_;
  Outcome outcome_;
  Trials trials_;
  std::unique_ptr<Interview> interview_;
};

}  // namespace

Finding printable(Finding finding) {
  finding.what = agent::printable(finding.what, kMaxShownFinding);
  return finding;
}

Outcome run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options) {
  return Run(asker, prober, files, environment, options).take();
}

std::string written_in_words(const Outcome& outcome) {
  if (outcome.written.empty()) return "nothing was written";
  std::string paths;
  for (const std::string& path : outcome.written) paths += (paths.empty() ? "" : ", ") + path;
  return paths + (outcome.written.size() == 1 ? " was written" : " were written");
}

std::string to_json(const Outcome& outcome, const Options& options) {
  JsonValue steps{.kind = JsonValue::Kind::List};
  for (const Step& each : outcome.steps)
    steps.items.push_back(json_object({{"step", json_text(each.name)},
                                       {"good", json_flag(each.finding.good)},
                                       {"what", json_text(each.finding.what)}}));
  return write_json(json_object({{"written", json_flag(outcome.is_written)},
                                         {"all_good", json_flag(outcome.all_good)},
                                         {"path", json_text(options.path)},
                                         {"steps", std::move(steps)}}));
}

}  // namespace offhook::inline v0::agent::setup
