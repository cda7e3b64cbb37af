#include <offhook/agent/ops/service_notifier.hpp>

#include <offhook/base/text.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::agent {

namespace {

/// Opens a socket that sends to `name`: a path, or `@` and the name of an abstract socket. Returns -1 on failure.
int connect_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool is_path = name.starts_with('/'), is_abstract = name.starts_with('@');
  if (!(is_path || is_abstract) || name.size() >= sizeof address.sun_path) return -1;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (is_abstract) address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Returns the watchdog time if systemd set WATCHDOG_USEC for this process: sd_watchdog_enabled(3).
std::optional<base::Duration> watchdog_of(const ServiceNotifier::Environment& environment) {
  constexpr std::int64_t kMostMicroseconds = std::int64_t{24} * 3600 * 1000 * 1000;
  const auto process = environment("WATCHDOG_PID"), time = environment("WATCHDOG_USEC");
  if (!time || (process && *process != std::to_string(::getpid()))) return std::nullopt;
  const auto microseconds = base::parse_number<std::int64_t>(*time);
  if (!microseconds || *microseconds <= 0 || *microseconds > kMostMicroseconds) return std::nullopt;
  return std::chrono::microseconds(*microseconds);
}

}  // namespace

ServiceNotifier::ServiceNotifier(const Environment& environment) {
  const auto name = environment("NOTIFY_SOCKET");
  if (!name) return;
  socket_ = connect_to(*name);
  if (socket_ < 0) return;
  if (const auto watchdog = watchdog_of(environment)) alive_interval_ = *watchdog / 2;
}

ServiceNotifier::~ServiceNotifier() {
  if (socket_ >= 0) ::close(socket_);
}

/// Sends a message. Drops it if systemd cannot receive it now, because send() must not wait, and later messages repeat the signal.
void ServiceNotifier::send(std::string_view state) const {
  if (socket_ >= 0) (void)::send(socket_, state.data(), state.size(), MSG_NOSIGNAL);
}

}  // namespace offhook::inline v0::agent
