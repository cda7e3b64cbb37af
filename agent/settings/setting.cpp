#include <offhook/agent/settings/setting.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

std::string pointer_of(const Setting& setting) {
  return (setting.section.empty() ? std::string() : "/" + std::string(setting.section)) + "/" + std::string(setting.name);
}

std::vector<std::string> choices_of(const Setting& setting) {
  std::vector<std::string> all;
  for (std::string_view rest = setting.choices; !rest.empty();) {
    const auto space = std::min(rest.find(' '), rest.size());
    all.emplace_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return all;
}

}  // namespace offhook::inline v0::agent::config
