#pragma once

#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/base/time.hpp>

namespace offhook::inline v0::agent {

/// Logs a warning if no registrar has answered for a while. The first attempt fails only after 32 s (RFC 3261 section 17.1.2.2), and until then the
/// log would not show a wrong address. The watch and the configuration must outlive this object.
class SilenceWarning {
 public:
  static constexpr std::chrono::seconds kPatience{3};

  SilenceWarning(const RegistrationWatch& watch, const config::Config& config, base::TimePoint now)
      : watch_(watch), config_(config), report_at_(now + kPatience) {}
  void on_time(base::TimePoint now);

 private:
  const RegistrationWatch& watch_;
  const config::Config& config_;
  base::TimePoint report_at_;
  bool told_ = false;
};

}  // namespace offhook::inline v0::agent
