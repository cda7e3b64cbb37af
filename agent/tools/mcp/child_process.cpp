#include <offhook/agent/tools/mcp/child_process.hpp>

#include <offhook/agent/tools/mcp/spawn.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <deque>
#include <thread>

namespace offhook::inline v0::agent::tools::mcp {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Ignores SIGPIPE, unless the application has a handler: a write to a program that has ended must return an error, and not end this process.
void ignore_broken_pipes() {
  struct sigaction present{};
  if (::sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL) (void)::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

class ChildProcess::Core : public std::enable_shared_from_this<ChildProcess::Core> {
 public:
  Core(asio::io_context& io, const Spawned& child, ChildHandler handler)
      : pid_(child.pid), input_(io, child.input), output_(io, child.output), errors_(io, child.errors), timer_(io), handler_(std::move(handler)) {}
  ~Core() { kill_now(); }

  void begin() {
    read(output_, output_buffer_, &ChildHandler::on_output);
    read(errors_, errors_buffer_, &ChildHandler::on_error_output);
  }

  void write(std::string bytes) {
    if (!input_.is_open()) return;
    unwritten_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) write_next();
    if (unwritten_ > kMaxUnwritten) end_soon();
  }

  void shut_down(std::function<void()> done) {
    done_ = std::move(done);
    handler_ = {};
    close_input_when_written_ = true;
    if (queue_.empty()) close_input();
    step(0);
  }

  /// Kills the program at once, without asking it to end; for the destructor.
  void kill_now() {
    handler_ = {};
    error_code ignored;
    timer_.cancel();
    input_.close(ignored);
    output_.close(ignored);
    errors_.close(ignored);
    if (pid_ <= 0) return;
    if (look() != Life::Unknown) send_signal(SIGKILL);
    // The kernel may need a moment. Abandon a process that the kernel cannot end, such as one that waits for a broken disk.
    for (int looks = 0; looks < kLastLooks && look() == Life::Runs; ++looks) std::this_thread::sleep_for(kLastPatience / kLastLooks);
    reap();
  }

  [[nodiscard]] int pid() const { return pid_; }

 private:
  using Buffer = std::array<char, 16U << 10U>;
  static constexpr base::Duration kLastPatience = std::chrono::seconds(2);
  static constexpr int kLastLooks = 400;
  static constexpr int kLastReads = 8;  // Enough for all octets that a pipe can hold.

  /// Sends a signal to the program's group, and to the program itself, which may have left the group. Call this only before the program is reaped: after
  /// that, its number may belong to another process.
  void send_signal(int number) const {
    (void)::kill(-pid_, number);
    (void)::kill(pid_, number);
  }

  /// Unknown: other code has reaped the process, or the kernel has, because the application ignores SIGCHLD. Its number may now belong to another process.
  enum class Life : std::uint8_t { Runs, Ended, Unknown };
  [[nodiscard]] Life look() const {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
      return errno == EINTR ? Life::Runs : Life::Unknown;
    return info.si_pid == pid_ ? Life::Ended : Life::Runs;
  }

  void reap() {
    while (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }
  using Told = std::function<void(std::string_view)> ChildHandler::*;

  void read(asio::posix::stream_descriptor& from, Buffer& buffer, Told told) {
    from.async_read_some(asio::buffer(buffer), [self = shared_from_this(), &from, &buffer, told](const error_code& error, std::size_t size) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        if (told == &ChildHandler::on_output) self->end("its output ended");
        return;
      }
      const auto call = self->handler_.*told;  // A copy, because the invocation may remove the handlers.
      if (call) call(std::string_view(buffer.data(), size));
      if (from.is_open()) self->read(from, buffer, told);
    });
  }

  void write_next() {
    asio::async_write(input_, asio::buffer(queue_.front()), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->end("it accepts no input");
      self->unwritten_ -= self->queue_.front().size();
      self->queue_.pop_front();
      if (!self->queue_.empty()) return self->write_next();
      if (self->close_input_when_written_) self->close_input();
    });
  }

  /// Schedules end() on the io_context. write() must not call it directly, because end() calls handlers, and only the io_context may call them.
  void end_soon() {
    timer_.expires_after(std::chrono::seconds(0));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->end("it does not read its input");
    });
  }

  /// Reads the remaining error output. Call it before the end is reported, because this output often contains the reason of the end.
  void read_last_words() {
    Buffer words;
    error_code error;
    errors_.non_blocking(true, error);
    for (int reads = 0; !error && reads < kLastReads; ++reads) {
      const std::size_t size = errors_.read_some(asio::buffer(words), error);
      const auto call = handler_.on_error_output;
      if (size > 0 && call) call(std::string_view(words.data(), size));
    }
  }

  void end(std::string why) {
    close_input();
    read_last_words();
    if (const auto told = std::exchange(handler_, {}).on_end) told(std::move(why));
  }

  void close_input() {
    error_code ignored;
    input_.close(ignored);
  }

  /// One step of the shutdown: checks whether the program has ended, and sends a stronger signal after each kPatience.
  void step(int looks) {
    constexpr int kLooks = 40;  // checks in one kPatience
    const auto self = shared_from_this();  // `done` may destroy the owner of this object.
    const Life life = pid_ > 0 ? look() : Life::Unknown;
    if (life == Life::Ended) send_signal(SIGKILL);  // End the other processes of the program's group too.
    if (life != Life::Runs) reap();
    if (pid_ <= 0) {
      kill_now();
      if (const auto done = std::exchange(done_, {})) done();
      return;
    }
    if (looks == kLooks) send_signal(SIGTERM);
    if (looks == 2 * kLooks) send_signal(SIGKILL);
    timer_.expires_after(kPatience / kLooks);
    timer_.async_wait([self, looks](const error_code& error) {
      if (!error) self->step(looks + 1);
    });
  }

  int pid_;
  asio::posix::stream_descriptor input_, output_, errors_;
  asio::steady_timer timer_;
  ChildHandler handler_;
  std::function<void()> done_;
  Buffer output_buffer_{}, errors_buffer_{};
  std::deque<std::string> queue_;
  std::size_t unwritten_ = 0;
  bool close_input_when_written_ = false;
};

base::Result<std::unique_ptr<ChildProcess>, base::Error> ChildProcess::start(asio::io_context& io, const CommandLine& command,
                                                                             ChildHandler handler) {
  ignore_broken_pipes();
  auto spawned = spawn(command);
  if (!spawned) return base::fail(spawned.error());
  auto core = std::make_shared<Core>(io, *spawned, std::move(handler));
  core->begin();
  return std::unique_ptr<ChildProcess>(new ChildProcess(std::move(core)));
}

ChildProcess::~ChildProcess() { core_->kill_now(); }
void ChildProcess::write(std::string bytes) { core_->write(std::move(bytes)); }
void ChildProcess::shut_down(std::function<void()> done) { core_->shut_down(std::move(done)); }
int ChildProcess::pid() const { return core_->pid(); }

}  // namespace offhook::inline v0::agent::tools::mcp
