#include <offhook/tools/commands.hpp>

#include <offhook/agent/ops/log.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/setup_prober.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace offhook::tools {

namespace {

namespace setup = agent::setup;

/// While it lives, what is typed is not shown.
class WithoutEcho {
 public:
  WithoutEcho() : is_set_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_set_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_set_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~WithoutEcho() {
    if (is_set_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
  bool is_set_ = false;
};

class Terminal final : public setup::Asker {
 public:
  std::optional<std::string> ask(const setup::Question& question) override {
    if (!question.why.empty()) fmt::print("\n{}\n", question.why);
    const std::string usual = question.usual.empty()                           ? ""
                              : question.is_secret && question.usual != "none" ? " [as in the environment]"
                                                                               : " [" + question.usual + "]";
    fmt::print("{}{}: ", question.text, usual);
    std::fflush(stdout);
    std::string answer;
    if (question.is_secret) {
      const WithoutEcho silent;
      if (!std::getline(std::cin, answer)) return std::nullopt;
      fmt::print("\n");
    } else if (!std::getline(std::cin, answer)) {
      return std::nullopt;
    }
    return answer.empty() ? question.usual : answer;
  }
  void say(std::string_view line) override {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }
};

/// Whole or not at all, and never readable for others, not even for a moment.
std::string write_file(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::strerror(errno);
  const auto written = ::write(file, text.data(), text.size());
  std::string failed =
      written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0 ? "" : std::strerror(errno == 0 ? ENOSPC : errno);
  ::close(file);
  if (failed.empty() && std::rename(draft.c_str(), path.c_str()) != 0) failed = std::strerror(errno);
  if (!failed.empty()) ::unlink(draft.c_str());
  return failed;
}

}  // namespace

int setup(const SetupArguments& arguments) {
  const bool asks = !arguments.yes && !arguments.json && ::isatty(STDIN_FILENO) != 0;
  block_signals();
  agent::log::configure({agent::log::Level::Off, agent::log::Format::Text, true});  // What it sees it says itself.
  setup::Options options{arguments.out, arguments.overwrite, arguments.keep_secrets, arguments.call};
  Terminal terminal;
  NetworkProber prober;
  const setup::Files files{[](const std::string& path) { return std::filesystem::exists(std::filesystem::symlink_status(path)); },
                           write_file};
  const auto outcome = setup::run(asks ? &terminal : nullptr, prober, files, agent::config::process_environment(), options);
  if (arguments.json) {
    fmt::print("{}\n", to_json(outcome, options));
  } else if (!asks) {
    for (const auto& step : outcome.steps)
      fmt::print(step.finding.good ? stdout : stderr, "offhook setup: {}: {}\n", step.name, step.finding.what);
  }
  if (outcome.is_written && asks) fmt::print("\nNext: offhook run --config {}\n", options.path);
  const bool lacks_answers = !outcome.steps.empty() && outcome.steps.back().name == "answers";
  return outcome.is_written && outcome.all_good ? kOk : lacks_answers ? kUsage : kFailed;
}

}  // namespace offhook::tools
