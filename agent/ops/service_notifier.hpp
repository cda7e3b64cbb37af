#pragma once

#include <offhook/base/time.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Tells systemd the state of the service, as sd_notify(3) describes: one datagram to the socket that NOTIFY_SOCKET names. Without
/// that variable, or with one that cannot be used, all functions do nothing. Thread-safe after construction.
class ServiceNotifier {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string&)>;

  explicit ServiceNotifier(const Environment& environment);
  ~ServiceNotifier();
  ServiceNotifier(const ServiceNotifier&) = delete;
  ServiceNotifier& operator=(const ServiceNotifier&) = delete;

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  /// systemd restarts the service when this was not called for its WatchdogSec.
  void alive() const { send("WATCHDOG=1"); }
  /// How often alive() is due: half of WatchdogSec. Nothing when systemd does not watch this process.
  [[nodiscard]] std::optional<base::Duration> alive_interval() const { return alive_interval_; }

 private:
  void send(std::string_view state) const;

  int socket_ = -1;  // connected; -1 without NOTIFY_SOCKET
  std::optional<base::Duration> alive_interval_;
};

}  // namespace offhook::inline v0::agent
