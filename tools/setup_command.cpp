#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/network_prober.hpp>
#include <offhook/agent/config/proxies.hpp>
#include <offhook/agent/setup/files_on_disk.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/setup_terminal.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <unistd.h>

namespace offhook::tools {

namespace {

namespace setup = agent::setup;

std::unique_ptr<agent::Agent> start_test_agent(const agent::config::Config& config, std::shared_ptr<const agent::AgentDirectory> agents,
                                               std::function<void(agent::AgentEvent)> watch) {
  int ignored = kOk;
  return start_agent("setup", {config, std::move(agents), {}}, std::move(watch), ignored);
}

int exit_code(const setup::Outcome& outcome) {
  if (outcome.ended) return *outcome.ended == setup::Ended::Interrupted ? kInterrupted : kFailed;
  if (outcome.is_written && outcome.all_good) return kOk;
  return !outcome.steps.empty() && outcome.steps.back().name == "answers" ? kUsage : kFailed;
}

}  // namespace

int setup(const SetupArguments& arguments) {
  const bool asks = !arguments.yes && !arguments.json && ::isatty(STDIN_FILENO) != 0;
  block_signals();
  agent::log::configure({agent::log::Level::Off, agent::log::Format::Text, true});  // Setup prints its findings itself.
  const setup::Options options{arguments.out, arguments.overwrite, arguments.keep_secrets, arguments.call};
  std::optional<SetupTerminal> terminal;
  if (asks) terminal.emplace();
  std::vector<agent::Problem> of_proxies;
  agent::NetworkProber prober({.proxies = agent::config::environment_proxies(agent::config::process_environment(), of_proxies),
                               .default_dialogue = share_path("dialogues/receptionist.json"),
                               .start = start_test_agent,
                               .wait_for_interruption = wait_for_signal});
  if (!of_proxies.empty()) {
    print_problems("setup", of_proxies);
    return kUsage;
  }
  const auto outcome = setup::run(terminal ? &*terminal : nullptr, prober, setup::files_on_disk(share_path), agent::config::process_environment(), options);
  if (arguments.json) {
    fmt::print("{}\n", to_json(outcome, options));
  } else if (!asks) {
    for (const auto& step : outcome.steps)
      fmt::print(step.finding.good ? stdout : stderr, "offhook setup: {}: {}\n", step.name, step.finding.what);
  }
  if (outcome.ended) fmt::print(stderr, "\noffhook setup: ended; {}\n", written_in_words(outcome));
  return exit_code(outcome);
}

}  // namespace offhook::tools
