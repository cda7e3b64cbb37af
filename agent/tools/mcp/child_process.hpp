#pragma once

#include <offhook/agent/config/secret.hpp>
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
  std::vector<std::string> argv;  ///< the first is the program's whole path: nothing is searched for, and no shell reads it
  std::vector<std::pair<std::string, config::Secret>> environment;  ///< all of it, but for a PATH and LANG where it has none
  std::string directory = "/";
};

/// Why a command line cannot be run: a sentence, or nothing.
[[nodiscard]] std::optional<std::string> fault_of_command(const CommandLine& command);

struct ChildHandler {
  std::function<void(std::string_view bytes)> on_output;
  std::function<void(std::string_view bytes)> on_error_output;
  std::function<void(std::string why)> on_end;  ///< its output ended, or it takes no input; once
};

/// A program and three pipes to it, on an io_context's thread. It runs in a process group of its own, with no descriptor of ours
/// but the pipes, no blocked signal, and nothing of our environment. Handlers are called from the io_context alone. Destroying it
/// kills its group at once.
class ChildProcess {
 public:
  static constexpr std::size_t kMaxUnwritten = 4U << 20U;  ///< octets; a program that does not read more is ended
  static constexpr base::Duration kPatience = std::chrono::seconds(2);  ///< at each step of the way out

  [[nodiscard]] static base::Result<std::unique_ptr<ChildProcess>, base::Error> start(boost::asio::io_context& io,
                                                                                      const CommandLine& command, ChildHandler handler);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write(std::string bytes);
  /// Closes its input; after kPatience asks its group to end (SIGTERM), then makes it (SIGKILL). `done` comes when it is gone;
  /// no other handler is called any more.
  void shut_down(std::function<void()> done);
  [[nodiscard]] int pid() const;

 private:
  class Core;
  explicit ChildProcess(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
