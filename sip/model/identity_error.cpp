#include <offhook/sip/model/identity_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(IdentityError error) {
  switch (error) {
    case IdentityError::Absent: return "the call has no Identity header field";
    case IdentityError::BadHeader: return "the Identity header field cannot be read";
    case IdentityError::BadToken: return "the PASSporT cannot be read";
    case IdentityError::Unsupported: return "the PASSporT has an algorithm, an extension or a form that Offhook does not support";
    case IdentityError::NoCertificate: return "Offhook does not have the certificate of the PASSporT";
    case IdentityError::BadCertificate: return "the certificate has no key for ES256, or has expired";
    case IdentityError::BadSignature: return "the signature of the PASSporT is wrong";
    case IdentityError::Stale: return "the PASSporT is too old, or from the future";
    case IdentityError::Mismatch: return "the PASSporT is for another call";
    case IdentityError::Replayed: return "the PASSporT was used for another call";
  }
  return "";
}

int status_of(IdentityError error) {
  switch (error) {
    case IdentityError::Absent: return 428;
    case IdentityError::NoCertificate: return 436;
    case IdentityError::BadCertificate: return 437;
    case IdentityError::Stale: return 403;
    case IdentityError::BadHeader:
    case IdentityError::BadToken:
    case IdentityError::Unsupported:
    case IdentityError::BadSignature:
    case IdentityError::Mismatch:
    case IdentityError::Replayed: return 438;
  }
  return 438;
}

}  // namespace offhook::inline v0::sip
