#pragma once

#include <offhook/agent/setup/setup.hpp>

#include <string>
#include <string_view>

namespace offhook::tools {

/// The dialogue with the user at the terminal of standard input. SIGINT, SIGTERM and Ctrl-D end a question and restore the echo of the terminal.
/// Needs block_signals(), because it waits for signals and the answer together.
class SetupTerminal final : public agent::setup::Asker {
 public:
  SetupTerminal();
  ~SetupTerminal() override;
  SetupTerminal(const SetupTerminal&) = delete;
  SetupTerminal& operator=(const SetupTerminal&) = delete;

  [[nodiscard]] base::Result<std::string, agent::setup::Ended> ask(const agent::setup::Question& question) override;
  void say(std::string_view line) override;

 private:
  [[nodiscard]] base::Result<std::string, agent::setup::Ended> read_line() const;

  int signals_;  // Readable when a signal has arrived.
};

}  // namespace offhook::tools
