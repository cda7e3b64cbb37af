#include <offhook/agent/phone/target.hpp>

#include <offhook/sip/message/uri.hpp>

namespace offhook::inline v0::phone {

std::string target_at(std::string_view target, std::string_view host) {
  const auto uri = sip::parse_uri(target);
  if (uri && uri->scheme != sip::Uri::Scheme::Other) return std::string(target);
  return "sip:" + sip::escape_user(target) + "@" + std::string(host);
}

}  // namespace offhook::inline v0::phone
