// A real datagram socket in place of systemd's, without timed assertions.
#include <offhook/agent/ops/service_notifier.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>

using offhook::agent::ServiceNotifier;
using namespace std::chrono_literals;

namespace {

/// Receives the messages of a service.
class Manager {
 public:
  explicit Manager(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  }
  ~Manager() { ::close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::string told() const {
    char buffer[64];
    const auto size = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(buffer, static_cast<std::size_t>(size));
  }

 private:
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
};

ServiceNotifier::Environment with(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

std::string unique_name() { return "@offhook-test-" + std::to_string(::getpid()); }

struct Folder {
  std::string path = "/tmp/offhook-notify-XXXXXX";
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { ::rmdir(path.c_str()); }
};

constexpr std::size_t kMostName = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

TEST_CASE("A service tells systemd that it is ready, alive and stopping, one datagram each [sd_notify(3)]") {
  const std::string name = unique_name();
  const Manager manager(name);
  const ServiceNotifier notifier(with({{"NOTIFY_SOCKET", name}}));
  notifier.ready();
  notifier.alive();
  notifier.stopping();
  CHECK(manager.told() == "READY=1");
  CHECK(manager.told() == "WATCHDOG=1");
  CHECK(manager.told() == "STOPPING=1");
  CHECK(manager.told() == "nothing");
}

TEST_CASE("The path of systemd's socket may have at most 107 octets") {
  const Folder folder;
  for (const std::size_t size : {kMostName, kMostName + 1}) {
    const std::string path = folder.path + "/" + std::string(size - folder.path.size() - 1, 's');
    const ServiceNotifier without(with({{"NOTIFY_SOCKET", path}}));  // No socket listens yet.
    without.ready();
    if (size > kMostName) continue;
    const Manager manager(path);
    ServiceNotifier(with({{"NOTIFY_SOCKET", path}})).ready();
    CHECK(manager.told() == "READY=1");
    ::unlink(path.c_str());
  }
}

TEST_CASE("If systemd gives no socket or an invalid name, ServiceNotifier sends nothing and does not fail") {
  for (const char* name : {"", "relative", "@", "/nowhere/at/all"}) {
    CAPTURE(name);
    const ServiceNotifier notifier(with({{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "1000000"}}));
    notifier.ready();
    CHECK_FALSE(notifier.alive_interval());
  }
  ServiceNotifier(with({})).ready();
}

TEST_CASE("A watchdog message is due at half of WATCHDOG_USEC, only in the process that WATCHDOG_PID names [sd_watchdog_enabled(3)]") {
  const std::string name = unique_name();
  const Manager manager(name);
  const auto interval = [&](std::map<std::string, std::string> values) {
    values["NOTIFY_SOCKET"] = name;
    return ServiceNotifier(with(values)).alive_interval();
  };
  const std::string own = std::to_string(::getpid());
  CHECK(interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", own}}) == 15s);
  CHECK(interval({{"WATCHDOG_USEC", "30000000"}}) == 15s);
  CHECK_FALSE(interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1" + own}}));
  CHECK(interval({{"WATCHDOG_USEC", "86400000000"}}) == 12h);
  for (const char* wrong : {"", "0", "-1", "1s", "86400000001", "99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK_FALSE(interval({{"WATCHDOG_USEC", wrong}}));
  }
}
