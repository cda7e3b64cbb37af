#include <offhook/sip/identity/caller_check.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/identity/identity_header.hpp>
#include <offhook/sip/message/uri.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {
namespace {

// Identity header fields that are checked per call; each costs a signature check.
constexpr std::size_t kMaxIdentities = 4;
constexpr std::size_t kMaxNumber = 32;

std::string without_params(std::string_view uri) { return std::string(uri.substr(0, uri.find_first_of(";?"))); }

bool names(const std::string& tn, const std::string& named_uri, std::string_view uri) {
  if (!tn.empty()) return tn == canonical_number(uri);
  return base::iequals(without_params(named_uri), without_params(uri));
}

bool is_for(const Passport& passport, const IncomingCall& call) {
  const bool tn = std::any_of(passport.dest_tn.begin(), passport.dest_tn.end(),
                              [&](const auto& one) { return names(one, {}, call.to.uri) && !one.empty(); });
  const bool uri = std::any_of(passport.dest_uri.begin(), passport.dest_uri.end(),
                               [&](const auto& one) { return names({}, one, call.to.uri); });
  if (!tn && !uri) return false;
  // RFC 8224 section 6.2: the caller is the party in From, or in P-Asserted-Identity if a trusted server sent this field.
  return names(passport.orig_tn, passport.orig_uri, call.from.uri) ||
         (call.asserted && names(passport.orig_tn, passport.orig_uri, call.asserted->uri));
}

/// Performs the steps of RFC 8224 section 6.2.
base::Result<Passport, IdentityError> check_one(std::string_view value, const IncomingCall& call, const IdentityCheck& check) {
  const auto header = parse_identity(value);
  if (!header) return base::fail(header.error());
  if (!header->alg.empty() && header->alg != "ES256") return base::fail(IdentityError::Unsupported);
  auto passport = parse_passport(header->token);
  if (!passport) return passport;
  if (passport->x5u != header->info || passport->ppt != header->ppt) return base::fail(IdentityError::BadToken);
  if (passport->iat > check.now + check.max_age.count() || passport->iat < check.now - check.max_age.count())
    return base::fail(IdentityError::Stale);
  if (!is_for(*passport, call)) return base::fail(IdentityError::Mismatch);
  if (!check.certificate) return base::fail(IdentityError::NoCertificate);
  const auto certificate = check.certificate(passport->x5u);
  if (!certificate) return base::fail(certificate.error());
  const auto key = VerifyingKey::from_pem(*certificate);
  if (!key) return base::fail(IdentityError::BadCertificate);
  if (!is_signed_by(header->token, *key)) return base::fail(IdentityError::BadSignature);
  if (check.is_replayed && check.is_replayed(header->token.substr(0, header->token.rfind('.')))) return base::fail(IdentityError::Replayed);
  return passport;
}

}  // namespace

std::string canonical_number(std::string_view text) {
  std::string_view user;
  if (const auto uri = parse_uri(text); uri && !uri->user.empty()) {
    user = uri->user;
  } else if (base::iequals(text.substr(0, 4), "tel:")) {
    user = text.substr(4);
  }
  user = user.substr(0, user.find(';'));
  std::string number;
  for (const char c : user) {
    if (base::is_digit(c) || c == '*' || c == '#') number.push_back(c);
    else if (std::string_view("+-.()").find(c) == std::string_view::npos) return {};
  }
  return number.size() > kMaxNumber ? std::string() : number;
}

CallerIdentity verify_caller(const IncomingCall& call, const IdentityCheck& check) {
  CallerIdentity result;
  std::size_t seen = 0;
  for (const auto& [name, value] : call.headers) {
    // RFC 8224 section 13.1: y is the compact form.
    if (!base::iequals(name, "Identity") && !base::iequals(name, "y")) continue;
    if (++seen > kMaxIdentities) break;
    auto good = check_one(value, call, check);
    if (good) return {CallerIdentity::Verstat::Passed, {}, std::move(good->attest), std::move(good->origid)};
    if (!result.error) result.error = good.error();
    result.verstat = CallerIdentity::Verstat::Failed;
  }
  if (seen == 0) result.error = IdentityError::Absent;
  return result;
}

base::Result<std::string, IdentityError> identity_value(const Passport& passport, const SigningKey& key) {
  const auto is_bad = [](char c) { return c == '<' || c == '>' || c == '\\' || static_cast<unsigned char>(c) <= ' '; };
  if (passport.x5u.empty() || std::any_of(passport.x5u.begin(), passport.x5u.end(), is_bad)) return base::fail(IdentityError::BadHeader);
  std::string value = sign(passport, key);
  if (value.empty()) return base::fail(IdentityError::BadCertificate);
  value += ";info=<" + passport.x5u + ">;alg=ES256";
  if (!passport.ppt.empty()) value += ";ppt=\"" + passport.ppt + "\"";
  return value;
}

}  // namespace offhook::inline v0::sip
