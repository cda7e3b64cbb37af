#include <offhook/agent/phone/caller_check.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/agent/phone/small_file.hpp>

#include <string>

namespace offhook::inline v0::phone {
namespace {

base::Error unusable(const std::string& file, sip::CertificateError why) {
  return phone_error(PhoneError::Identity, file + ": " + std::string(sip::to_string(why)));
}

}  // namespace

base::Result<CallerCheck, base::Error> CallerCheck::open(const IdentityOptions::Verifying& options) {
  auto anchors = read_small_file(options.trust_file);
  if (!anchors) return base::fail(anchors.error());
  auto trusted = sip::TrustedCertificates::with_anchors(std::move(*anchors));
  if (!trusted) return base::fail(unusable(options.trust_file, trusted.error()));
  for (const auto& [url, file] : options.certificates) {
    const auto chain = read_small_file(file);
    if (!chain) return base::fail(chain.error());
    if (auto added = trusted->add(url, *chain); !added) return base::fail(unusable(file, added.error()));
  }
  return CallerCheck(options, sip::IdentityVerifier(std::move(*trusted), options.max_age));
}

std::optional<int> CallerCheck::refusal_of(const sip::IncomingCall& call) const {
  if (call.asserted || !call.proven_user.empty() || !call.identity.error) return std::nullopt;
  const bool is_absent = *call.identity.error == sip::IdentityError::Absent;
  const auto rule = is_absent ? options_.absent : options_.failed;
  if (rule == IdentityOptions::Unproven::Taken) return std::nullopt;
  return sip::status_of(*call.identity.error);
}

}  // namespace offhook::inline v0::phone
