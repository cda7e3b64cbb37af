#include <offhook/agent/phone/availability.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace offhook::inline v0::phone {

sip::Availability availability_of(std::size_t calls, std::size_t max_calls, const media::EngineStatus& media, const std::string& load_field, bool has_room) {
  sip::Availability availability;
  if (calls >= max_calls) {
    availability.status = 486;
  } else if (!media.takes_legs || !has_room) {
    availability.status = 503;
  }
  if (load_field.empty()) return availability;
  const double lines = max_calls == 0 ? 1.0 : static_cast<double>(calls) / static_cast<double>(max_calls);
  char load[16];
  std::snprintf(load, sizeof load, "%.2f", std::clamp(std::max(lines, static_cast<double>(media.load)), 0.0, 1.0));
  availability.for_known.emplace_back(load_field, "calls=" + std::to_string(calls) + ";limit=" + std::to_string(max_calls) + ";load=" + load);
  return availability;
}

}  // namespace offhook::inline v0::phone
