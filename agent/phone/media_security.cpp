#include <offhook/agent/phone/media_security.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/uri.hpp>

namespace offhook::inline v0::phone {

MediaSecurity security_for(MediaSecurity wanted, bool uses_tls) {
  if (uses_tls || !wanted.needs_tls()) return wanted;
  wanted.has_keys = false;
  wanted.offers_dtls = wanted.offers_dtls || wanted.srtp == sdp::SrtpPolicy::Required;
  return wanted;
}

bool uses_tls(std::string_view next_hop) {
  const auto uri = sip::parse_uri(next_hop);
  if (!uri) return false;
  const auto transport = uri->params.find("transport").value_or("");
  return uri->scheme == sip::Uri::Scheme::Sips || base::iequals(transport, "tls") || base::iequals(transport, "wss");
}

}  // namespace offhook::inline v0::phone
