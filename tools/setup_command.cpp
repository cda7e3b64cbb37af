#include <offhook/tools/commands.hpp>

#include <offhook/agent/config/proxies.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/setup_prober.hpp>
#include <offhook/tools/setup_terminal.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace offhook::tools {

namespace {

namespace setup = agent::setup;
namespace fs = std::filesystem;

/// Writes the whole text to a new file. Returns the error, or "". The mode does not depend on the umask.
std::string write_new(const std::string& path, const std::string& text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::strerror(errno);
  errno = 0;
  const bool is_written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
  std::string failed = is_written ? "" : std::strerror(errno == 0 ? ENOSPC : errno);
  ::close(file);
  return failed;
}

/// Replaces the file in one step, so that no other user reads a secret in it, and it is never incomplete.
std::string write_file(const std::string& path, const std::string& text, setup::Readers readers) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  // The service's own user must be able to enter a new /etc/offhook. If the folder cannot be created, opening the file reports the reason.
  if (!folder.empty() && fs::create_directories(folder, error)) fs::permissions(folder, fs::perms(0755), error);
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  std::string failed = write_new(draft, text, readers == setup::Readers::Owner ? 0600 : 0644);
  if (failed.empty() && std::rename(draft.c_str(), path.c_str()) != 0) failed = std::strerror(errno);
  if (!failed.empty()) ::unlink(draft.c_str());
  return failed;
}

/// Returns true if the path exists. Returns false for a path that cannot be checked: writing the file reports the reason.
bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

setup::Files files() {
  return {exists, agent::config::disk_files(), share_path, write_file};
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
  NetworkProber prober(agent::config::environment_proxies(agent::config::process_environment(), of_proxies));
  if (!of_proxies.empty()) {
    print_problems("setup", of_proxies);
    return kUsage;
  }
  const auto outcome = setup::run(terminal ? &*terminal : nullptr, prober, files(), agent::config::process_environment(), options);
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
