#include <offhook/agent/tools/mcp/spawn.hpp>

#include <offhook/agent/tools/mcp/landlock.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::size_t kMaxArguments = 64;
constexpr std::size_t kMaxArgumentBytes = 4096;
constexpr std::string_view kPath = "/usr/local/bin:/usr/bin:/bin", kLanguage = "C.UTF-8";

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool is_variable(std::string_view name) {
  return !name.empty() && name.find('=') == std::string_view::npos && !has_nul(name);
}

/// A pipe. The destructor closes the ends that were not released.
class Pipe {
 public:
  Pipe() { good_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  [[nodiscard]] int take_read_end() { return std::exchange(ends_[0], -1); }
  [[nodiscard]] int take_write_end() { return std::exchange(ends_[1], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool good_ = false;
};

/// The actions of the child between fork and exec.
class Plan {
 public:
  Plan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~Plan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] int make(const Pipe& input, const Pipe& output, const Pipe& errors, const std::string& directory) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    const std::array<int, 8> steps = {
        posix_spawn_file_actions_adddup2(&actions_, input.read_end(), STDIN_FILENO),
        posix_spawn_file_actions_adddup2(&actions_, output.write_end(), STDOUT_FILENO),
        posix_spawn_file_actions_adddup2(&actions_, errors.write_end(), STDERR_FILENO),
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1),
        posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()),
        posix_spawnattr_setpgroup(&attributes_, 0),
        posix_spawnattr_setsigmask(&attributes_, &none),
        posix_spawnattr_setsigdefault(&attributes_, &all),
    };
    for (const int error : steps) {
      if (error != 0) return error;
    }
    return posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::vector<std::string> environment_of(const CommandLine& command) {
  std::vector<std::string> lines;
  const auto has = [&command](std::string_view name) {
    return std::any_of(command.environment.begin(), command.environment.end(), [name](const auto& one) { return one.first == name; });
  };
  if (!has("PATH")) lines.push_back("PATH=" + std::string(kPath));
  if (!has("LANG")) lines.push_back("LANG=" + std::string(kLanguage));
  for (const auto& [name, value] : command.environment) lines.push_back(name + "=" + value.reveal());
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Runs `start` on a new thread in a Landlock domain. The thread ends, but the processes that it starts stay in the domain. Returns an errno.
template <class Start>
int start_confined(const Start& start) {
  int error = 0;
  try {
    std::thread([&] {
      (void)enter_landlock_domain();  // Even without Landlock, `offhook run` is not dumpable, so that only root can read its memory.
      error = start();
    }).join();
  } catch (const std::system_error& no_thread) {
    return no_thread.code().value();
  }
  return error;
}

/// Lowers the limit of descriptors that `offhook run` raised for itself: with more descriptors than FD_SETSIZE, a program that uses select() writes
/// beyond its fd_set.
void limit_descriptors(int pid) {
  rlimit limit{};
  if (::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, FD_SETSIZE);
  (void)::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr);
}

base::Error failure(const CommandLine& command, int error) {
  const std::string program = command.argv.empty() ? std::string("?") : command.argv.front();
  return {"mcp", error, "cannot start " + program + ": " + std::generic_category().message(error)};
}

}  // namespace

std::optional<std::string> fault_of_command(const CommandLine& command) {
  if (command.argv.empty() || !command.argv.front().starts_with('/')) return "its command must begin with a whole path, such as /usr/bin/node";
  if (command.argv.size() > kMaxArguments) return "its command has too many words";
  for (const std::string& word : command.argv) {
    if (has_nul(word) || word.size() > kMaxArgumentBytes) return "a word of its command is too long, or contains NUL";
  }
  for (const auto& [name, value] : command.environment) {
    if (!is_variable(name) || has_nul(value.reveal())) return "a variable of its environment has a name or a value that is not valid";
  }
  if (!command.directory.starts_with('/') || has_nul(command.directory)) return "its directory must be a whole path";
  return std::nullopt;
}

base::Result<Spawned, base::Error> spawn(const CommandLine& command) {
  if (auto fault = fault_of_command(command)) return base::fail(base::Error{"mcp", EINVAL, std::move(*fault)});
  Pipe input, output, errors;
  if (!input.good() || !output.good() || !errors.good()) return base::fail(failure(command, errno));
  Plan plan;
  if (const int error = plan.make(input, output, errors, command.directory); error != 0) return base::fail(failure(command, error));
  std::vector<std::string> words = command.argv, variables = environment_of(command);
  Spawned child;
  const int error = start_confined([&] {
    return posix_spawn(&child.pid, words.front().c_str(), &plan.actions_, &plan.attributes_, pointers_to(words).data(),
                       pointers_to(variables).data());
  });
  if (error != 0) return base::fail(failure(command, error));
  limit_descriptors(child.pid);
  child.input = input.take_write_end();
  child.output = output.take_read_end();
  child.errors = errors.take_read_end();
  return child;
}

}  // namespace offhook::inline v0::agent::tools::mcp
