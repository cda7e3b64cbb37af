#include <offhook/agent/capture/fault_log.hpp>

#include <offhook/agent/support/log.hpp>

namespace offhook::inline v0::agent::capture {

void FaultLog::on_lost(std::string_view why, std::size_t packets) {
  if (!std::exchange(is_failing_, true)) log::error("capture.failing", {{"to", to_}, {"detail", why}});
  lost_ += packets;
}

void FaultLog::on_written() {
  if (std::exchange(is_failing_, false)) log::warning("capture.back", {{"to", to_}, {"lost", std::exchange(lost_, 0)}});
}

}  // namespace offhook::inline v0::agent::capture
