#include <offhook/tools/setup_terminal.hpp>

#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace offhook::tools {

namespace {

using agent::setup::Ended;

/// Disables the echo of the terminal during its lifetime.
class WithoutEcho {
 public:
  WithoutEcho() : is_set_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_set_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_set_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~WithoutEcho() {
    if (is_set_) (void)::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
  bool is_set_ = false;
};

/// Returns a text that shows the default for an empty answer, to print after the question.
std::string shown_usual(const agent::setup::Question& question) {
  if (question.usual.empty()) return "";
  return question.is_secret && question.usual != "none" ? " [the known secret]" : " [" + question.usual + "]";
}

}  // namespace

SetupTerminal::SetupTerminal() {
  const sigset_t set = ending_signals();
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
}

SetupTerminal::~SetupTerminal() {
  if (signals_ >= 0) ::close(signals_);
}

base::Result<std::string, Ended> SetupTerminal::ask(const agent::setup::Question& question) {
  if (!question.why.empty()) say("\n" + question.why);
  std::optional<WithoutEcho> silent;
  if (question.is_secret) silent.emplace();  // Disable the echo before the question appears, so that a fast answer is hidden too.
  fmt::print("{}{}: ", question.text, shown_usual(question));
  std::fflush(stdout);
  auto answer = read_line();
  if (question.is_secret && answer) say("");
  return answer;
}

void SetupTerminal::say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

base::Result<std::string, Ended> SetupTerminal::read_line() const {
  for (;;) {
    std::array<pollfd, 2> waited{{{signals_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return base::fail(Ended::EndOfInput);
    }
    signalfd_siginfo signal;
    if ((waited[0].revents & POLLIN) != 0 && ::read(signals_, &signal, sizeof signal) > 0) return base::fail(Ended::Interrupted);
    if (waited[1].revents == 0) continue;
    std::array<char, 4096> line;  // A terminal delivers one line at a time, of at most 4096 octets; a line without a line feed was ended by Ctrl-D.
    const auto size = ::read(STDIN_FILENO, line.data(), line.size());
    if (size <= 0 || line[static_cast<std::size_t>(size) - 1] != '\n') return base::fail(Ended::EndOfInput);
    return std::string(line.data(), static_cast<std::size_t>(size) - 1);
  }
}

}  // namespace offhook::tools
