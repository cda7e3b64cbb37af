// The input is an Identity header field of a peer. The target parses it, and verifies a whole call with it.
#include "require.hpp"

#include <offhook/sip/identity/caller_check.hpp>
#include <offhook/sip/identity/identity_header.hpp>
#include <offhook/sip/identity/trusted_certificates.hpp>
#include <offhook/sip/model/events.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using offhook::fuzz::require;

namespace {

namespace sip = offhook::sip;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto header = sip::parse_identity(text)) {
    require(!header->token.empty() && !header->info.empty() && text.size() <= sip::kMaxIdentityBytes);
    if (const auto passport = sip::parse_passport(header->token)) {
      require(passport->dest_tn.size() + passport->dest_uri.size() <= sip::kMaxPassportIdentities);
      // A parsed passport does not change when it is written in the canonical form and parsed again, except for characters that a name cannot have.
      const auto again = sip::parse_passport(sip::signing_input(*passport) + ".AAAA");
      require(!again || again->iat == passport->iat);
    }
  }
  sip::IncomingCall call;
  call.from.uri = "sip:12155551212@h";
  call.to.uri = "sip:alice@example.com";
  call.headers = {{"Identity", std::string(text)}};
  sip::IdentityCheck check;
  check.now = 1471375418;
  check.certificate = [](std::string_view) { return std::string("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"); };
  require(sip::verify_caller(call, check).verstat != sip::CallerIdentity::Verstat::Passed);
  (void)sip::canonical_number(text);
  (void)sip::VerifyingKey::from_pem(text);
  if (auto trusted = sip::TrustedCertificates::with_anchors(std::string(text))) (void)trusted->add("https://c", text);
  return 0;
}
