#pragma once

#include <offhook/agent/support/secret.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::tools::mcp {

struct CommandLine {
  std::vector<std::string> argv;  ///< the first word is the program's absolute path; there is no search and no shell
  std::vector<std::pair<std::string, Secret>> environment;  ///< the whole environment; PATH and LANG are added if they are missing
  std::string directory = "/";
};

/// Returns the reason why the command cannot be run, as a clause about its server; nullopt if it can be run.
[[nodiscard]] std::optional<std::string> fault_of_command(const CommandLine& command);

struct ChildHandler {
  std::function<void(std::string_view bytes)> on_output;
  std::function<void(std::string_view bytes)> on_error_output;
  std::function<void(std::string why)> on_end;  ///< called once, when the output has ended or the program accepts no input
};

/// A program and three pipes to it, on an io_context's thread. The program runs in a process group of its own. It inherits no descriptor except the
/// pipes, no blocked signal, and no environment. Only the io_context calls the handlers. The destructor kills the group at once.
class ChildProcess {
 public:
  static constexpr std::size_t kMaxUnwritten = 4U << 20U;  ///< most octets that wait for the program; with more, the program reads too slowly and is ended
  static constexpr base::Duration kPatience = std::chrono::seconds(2);  ///< wait after each step of the shutdown

  [[nodiscard]] static base::Result<std::unique_ptr<ChildProcess>, base::Error> start(boost::asio::io_context& io,
                                                                                      const CommandLine& command, ChildHandler handler);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write(std::string bytes);
  /// Closes the input. After kPatience it sends SIGTERM to the group, and after another kPatience SIGKILL. Invokes `done` when the program has ended, and
  /// no other handler from now on.
  void shut_down(std::function<void()> done);
  [[nodiscard]] int pid() const;

 private:
  class Core;
  explicit ChildProcess(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
