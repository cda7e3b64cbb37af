#include <offhook/agent/app/silence_warning.hpp>

#include <offhook/agent/support/log.hpp>

#include <string>

namespace offhook::inline v0::agent {

void SilenceWarning::on_time(base::TimePoint now) {
  if (told_ || now < report_at_ || config_.sip.registration == "none") return;
  told_ = true;
  if (watch_.has_result()) return;
  const std::string place = config_.sip.host + (config_.sip.port == 0 ? "" : ":" + std::to_string(config_.sip.port));
  log::warning("registration.silent",
               {{"registrar", place}, {"seconds", kPatience.count()}, {"detail", "no answer yet. Check that this is the PBX's address (ASTERISK_HOST, /sip/host, "
                                      "/sip/port), that the PBX accepts " + config_.sip.transport + ", and that no firewall blocks it. Offhook continues to try"}});
}

}  // namespace offhook::inline v0::agent
