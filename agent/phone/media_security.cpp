#include <offhook/agent/phone/media_security.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/uri.hpp>

namespace offhook::inline v0::phone {

base::Result<MediaSecurity, base::Error> security_for(const MediaSecurity& wanted, bool uses_tls) {
  if (uses_tls || !wanted.needs_tls()) return wanted;
  if (wanted.srtp != sdp::SrtpPolicy::Required) return MediaSecurity{};
  return base::fail(phone_error(PhoneError::NotAcceptable, "SRTP is required, and the signalling does not use TLS, so that others could read the keys: use TLS to the server, or allow keys without TLS"));
}

bool uses_tls(std::string_view next_hop) {
  const auto uri = sip::parse_uri(next_hop);
  if (!uri) return false;
  const auto transport = uri->params.find("transport").value_or("");
  return uri->scheme == sip::Uri::Scheme::Sips || base::iequals(transport, "tls") || base::iequals(transport, "wss");
}

}  // namespace offhook::inline v0::phone
