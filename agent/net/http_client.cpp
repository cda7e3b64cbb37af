#include <offhook/agent/net/http_client.hpp>

namespace offhook::inline v0::agent::net {

std::string_view HttpHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace offhook::inline v0::agent::net
