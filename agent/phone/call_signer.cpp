#include <offhook/agent/phone/call_signer.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/agent/phone/small_file.hpp>
#include <offhook/sip/identity/caller_check.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace offhook::inline v0::phone {
namespace {

/// Returns a UUID of version 4, in lower case: RFC 4122 section 4.4.
std::string new_uuid(base::Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::uint8_t, 16> octets{};
  random.fill(octets);
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0FU) | 0x40U);
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[octets[i] >> 4U]);
    text.push_back(kDigits[octets[i] & 15U]);
  }
  return text;
}

}  // namespace

base::Result<CallSigner, base::Error> CallSigner::open(const IdentityOptions::Signing& options) {
  const auto pem = read_small_file(options.key_file);
  if (!pem) return base::fail(pem.error());
  auto key = sip::SigningKey::from_pem(*pem);
  if (!key) return base::fail(phone_error(PhoneError::Identity, options.key_file + " holds no key on the curve P-256 (PEM, without a passphrase)"));
  sip::Passport trial;
  trial.x5u = options.certificate_url;
  if (!sip::identity_value(trial, *key))
    return base::fail(phone_error(PhoneError::Identity, "the address of the agent's certificate is not a URL: write it as https://host/path"));
  return CallSigner(options, std::move(*key));
}

std::string CallSigner::identity(std::string_view from, std::string_view to, std::int64_t now, base::Random& random) const {
  sip::Passport passport;
  passport.x5u = options_.certificate_url;
  passport.iat = now;
  passport.orig_tn = sip::canonical_number(from);
  if (passport.orig_tn.empty()) passport.orig_uri = from;
  if (std::string number = sip::canonical_number(to); !number.empty()) passport.dest_tn = {std::move(number)};
  else passport.dest_uri = {std::string(to)};
  if (!options_.attest.empty()) {
    passport.ppt = "shaken";
    passport.attest = options_.attest;
    passport.origid = new_uuid(random);
  }
  return sip::identity_value(passport, key_).value_or("");
}

}  // namespace offhook::inline v0::phone
