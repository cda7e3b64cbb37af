#include "raw_caller.hpp"
#include "telephone.hpp"

#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::test;
using sdp::SrtpPolicy;

namespace {

const std::string kTheirKey = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";
const std::string kAvp = "m=audio 30000 RTP/AVP 0\r\n", kSavp = "m=audio 30002 RTP/SAVP 0\r\n" + kTheirKey;
const std::string kDtls = "m=audio 30004 UDP/TLS/RTP/SAVP 0\r\na=setup:actpass\r\na=fingerprint:sha-256 "
                          "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1\r\n";

std::string offer_of(const std::string& media) { return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + media; }

/// A telephone that listens on the transport of its first listener, and on UDP.
struct TlsPhone : Telephone {
  static std::function<void(phone::EndpointOptions&)> with(phone::MediaSecurity security, bool tls) {
    return [security, tls](phone::EndpointOptions& options) {
      options.security = security;
      if (!tls) return;
      static const Folder folder;
      const auto made = services::make_certificate();
      folder.put("certificate.pem", made.certificate_pem);
      folder.put("key.pem", made.key_pem);
      options.sip.tls = sip::TlsOptions{.verify = sip::TlsOptions::Verify::Insecure, .certificate_file = folder.path + "/certificate.pem", .key_file = folder.path + "/key.pem"};
      const auto here = *base::IpAddress::parse("127.0.0.1");
      options.sip.listeners = {{sip::Transport::Tls, here, 0}, {sip::Transport::Udp, here, 0}};
    };
  }
  TlsPhone(phone::MediaSecurity security, bool tls) : Telephone("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, with(security, tls)) {}
};

/// Takes the final response to an INVITE, and acknowledges it. Returns its status and, for each m= line of its description, whether the line is refused, its
/// protocol and its keys.
std::string answer_to(RawCaller& caller, int sequence) {
  const std::string response = caller.final_response(sequence);
  caller.send("ACK", sequence, "");
  std::string text = response.substr(8, 3);
  for (std::size_t at = response.find("\r\nm="); at != std::string::npos; at = response.find("\r\nm=", at + 1)) {
    const std::string section = response.substr(at + 2, response.find("\r\nm=", at + 1) - at - 2) + "\r\n";
    text += section.starts_with("m=audio 0 ") ? " refused" : " accepted";
    const auto protocol = section.find(' ', section.find(' ') + 1);
    text += section.substr(protocol, section.find(" 0\r\n", protocol) - protocol);
    if (section.find("\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:") != std::string::npos) text += " with a key";
    if (section.find("\r\na=setup:active\r\n") != std::string::npos && section.find("\r\na=fingerprint:sha-256 ") != std::string::npos) text += " with a fingerprint";
  }
  return text;
}

}  // namespace

TEST_CASE("A telephone answers offers with and without SRTP by its policy, over UDP and over TLS [RFC 4568 section 5, RFC 8643]") {
  using enum SrtpPolicy;
  struct Row { SrtpPolicy policy; std::string offer, over_udp, over_tls; };
  const std::string both = kSavp + kAvp;
  const std::string dtls = "200 accepted UDP/TLS/RTP/SAVP with a fingerprint";
  const std::string plain_of_both = "200 refused RTP/SAVP accepted RTP/AVP", key_of_both = "200 accepted RTP/SAVP with a key refused RTP/AVP";
  for (const Row& row : std::vector<Row>{{Off, kAvp, "200 accepted RTP/AVP", "200 accepted RTP/AVP"},
                                         {Off, kSavp, "488", "488"},
                                         {Off, kDtls, "488", "488"},
                                         {Off, both, plain_of_both, plain_of_both},
                                         {Preferred, kAvp, "200 accepted RTP/AVP", "200 accepted RTP/AVP"},
                                         {Preferred, kSavp, "488", "200 accepted RTP/SAVP with a key"},
                                         {Preferred, kDtls, dtls, dtls},
                                         {Preferred, both, plain_of_both, key_of_both},
                                         {Required, kAvp, "488", "488"},
                                         {Required, kSavp, "488", "200 accepted RTP/SAVP with a key"},
                                         {Required, kDtls, dtls, dtls},
                                         {Required, both, "488", key_of_both}}) {
    for (const bool tls : {false, true}) {
      CAPTURE(static_cast<int>(row.policy));
      CAPTURE(row.offer);
      CAPTURE(tls);
      TlsPhone bert({row.policy, false}, tls);
      RawCaller caller(bert.endpoint->sip_port(), tls);
      caller.send("INVITE", 1, offer_of(row.offer));
      CHECK(answer_to(caller, 1) == (tls ? row.over_tls : row.over_udp));
    }
  }
}

TEST_CASE("In an encrypted call over TLS, an offer over UDP gets 488, because its answer would have a key, and the call continues") {
  TlsPhone bert({SrtpPolicy::Preferred, false}, true);
  RawCaller caller(bert.endpoint->sip_port(), true);
  caller.send("INVITE", 1, offer_of(kSavp));
  CHECK(answer_to(caller, 1) == "200 accepted RTP/SAVP with a key");
  REQUIRE(bert.wait_for<phone::CallConnected>());
  caller.change_to_udp(bert.endpoint->listeners().back().port);
  for (const std::string& late : {offer_of(kSavp), std::string()}) {
    CAPTURE(late);
    const int sequence = late.empty() ? 3 : 2;
    caller.send("INVITE", sequence, late);
    CHECK(answer_to(caller, sequence) == "488");
  }
  bert.on_thread([&] { CHECK(bert.call->srtp_suite() == "AES_CM_128_HMAC_SHA1_80"); });
}
