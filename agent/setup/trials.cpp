#include <offhook/agent/setup/trials.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/setup/written_files.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::setup {

config::Effective Trials::read(const Answers& answers) const {
  const auto companion = companion_of(answers);
  const std::string beside = companion && !answers.keeps_companion ? config::beside(options_.path, companion->name) : "";
  const config::FileReader files = [&](const std::string& path, std::size_t most) -> base::Result<config::FileText, std::string> {
    if (beside.empty() || path != beside) return files_.read(path, most);
    auto text = companion_text(*companion, answers, files_);
    if (!text) return base::fail(text.error());
    return config::FileText{*std::move(text), false};
  };
  auto effective = config::read_text(configuration_of(answers), options_.path, {options_.path, environment_of(answers, environment_), {}, files});
  auto directory = build_directory(effective, {options_.path, files, ""});
  effective.problems.insert(effective.problems.end(), directory.problems.begin(), directory.problems.end());
  return effective;
}

void Trials::step(std::string name, Finding finding) {
  finding = printable(std::move(finding));
  if (asker_ != nullptr) asker_->say((finding.good ? "  ok: " : "  not ok: ") + finding.what);
  outcome_.steps.push_back({std::move(name), std::move(finding)});
}

void Trials::tried(std::string name, Finding finding) {
  if (prober_.is_interrupted()) outcome_.ended = Ended::Interrupted;
  else step(std::move(name), std::move(finding));
}

void Trials::check(const Answers& answers) {
  const auto effective = read(answers);
  for (const auto& problem : effective.problems) step("answers", {false, to_string(problem)});
  if (effective.problems.empty()) step("answers", {true, "the configuration can be used"});
}

void Trials::resolve(const Answers& answers) {
  const auto split = config::split_host(answers.host);
  tried("resolve", prober_.resolve(split ? std::string(split->host) : answers.host));
}

void Trials::register_at(const Answers& answers) {
  const auto& steps = outcome_.steps;
  const bool is_found = !steps.empty() && steps.back().name == "resolve" && steps.back().finding.good;
  if (is_found && !outcome_.ended) tried("register", prober_.register_at(read(answers).config));
}

void Trials::keys(const Answers& answers) {
  const auto effective = read(answers);
  for (const auto& problem : effective.problems) step("answers", {false, to_string(problem)});
  if (!effective.problems.empty()) return;
  for (const ProviderPtr& provider : effective.config.providers) {
    const auto is_its = [&](const auto& each) { return each.first->kind->name == provider->name; };
    if (outcome_.ended || std::none_of(answers.of_provider.begin(), answers.of_provider.end(), is_its)) continue;
    tried("key", prober_.try_key(*provider));
  }
}

void Trials::call(const config::Config& config, const std::string& number) {
  const auto on_ready = [&] {
    if (asker_ != nullptr) asker_->say("Dial " + config.sip.extension + " now.");
  };
  tried("call", prober_.call(config, number, on_ready));
}

bool Trials::all_good(std::size_t first) const {
  return std::all_of(outcome_.steps.begin() + static_cast<std::ptrdiff_t>(first), outcome_.steps.end(), [](const Step& each) { return each.finding.good; });
}

void Trials::forget(std::size_t first) { outcome_.steps.erase(outcome_.steps.begin() + static_cast<std::ptrdiff_t>(first), outcome_.steps.end()); }

}  // namespace offhook::inline v0::agent::setup
