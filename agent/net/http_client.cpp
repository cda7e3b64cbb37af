#include <offhook/agent/net/http_client.hpp>

#include <offhook/base/base64.hpp>

#include <span>

namespace offhook::inline v0::agent::net {

std::string basic_authorization(std::string_view user_and_password) {
  std::string value = "Basic ";
  base::append_base64(value, std::span(reinterpret_cast<const std::uint8_t*>(user_and_password.data()), user_and_password.size()));
  return value;
}

std::string_view HttpHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace offhook::inline v0::agent::net
