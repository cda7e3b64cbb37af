#include <offhook/agent/config/connection_limits.hpp>

namespace offhook::inline v0::agent::config {

sip::ConnectionLimits connection_limits(const JsonValue& connections) {
  sip::ConnectionLimits limits;
  const auto number = [&](std::string_view name, std::size_t& into) {
    if (const auto* value = member(connections, name)) into = static_cast<std::size_t>(value->integer);
  };
  number("most", limits.most);
  number("for_own", limits.for_own);
  number("for_known", limits.for_known);
  number("per_source", limits.per_source);
  if (const auto* value = member(connections, "stranger_time_seconds")) limits.stranger_time = std::chrono::seconds(value->integer);
  return limits;
}

}  // namespace offhook::inline v0::agent::config
