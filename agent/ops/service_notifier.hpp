#pragma once

#include <offhook/base/time.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Sends the state of the service to systemd, as sd_notify(3) describes: one datagram to the socket in the variable NOTIFY_SOCKET. If that variable
/// is missing or unusable, all functions do nothing. Any thread may use it after construction.
class ServiceNotifier {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string&)>;

  explicit ServiceNotifier(const Environment& environment);
  ~ServiceNotifier();
  ServiceNotifier(const ServiceNotifier&) = delete;
  ServiceNotifier& operator=(const ServiceNotifier&) = delete;

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  /// Signals that the process is alive. systemd restarts the service if it receives no such signal for WatchdogSec.
  void alive() const { send("WATCHDOG=1"); }
  /// Returns the interval of alive(), half of WatchdogSec. Returns nullopt if systemd does not watch this process.
  [[nodiscard]] std::optional<base::Duration> alive_interval() const { return alive_interval_; }

 private:
  void send(std::string_view state) const;

  int socket_ = -1;  // connected; -1 without NOTIFY_SOCKET
  std::optional<base::Duration> alive_interval_;
};

}  // namespace offhook::inline v0::agent
