#include <offhook/sip/model/caller_identity.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(CallerIdentity::Verstat verstat) {
  switch (verstat) {
    case CallerIdentity::Verstat::NoValidation: return "No-TN-Validation";
    case CallerIdentity::Verstat::Passed: return "TN-Validation-Passed";
    case CallerIdentity::Verstat::Failed: return "TN-Validation-Failed";
  }
  return "";
}

std::string_view word_for(const CallerIdentity& identity) {
  switch (identity.verstat) {
    case CallerIdentity::Verstat::NoValidation: return identity.error ? "absent" : "";
    case CallerIdentity::Verstat::Passed: return "passed";
    case CallerIdentity::Verstat::Failed: return "failed";
  }
  return "";
}

bool proves_number(const CallerIdentity& identity) {
  return identity.verstat == CallerIdentity::Verstat::Passed && (identity.attest.empty() || identity.attest == "A");
}

}  // namespace offhook::inline v0::sip
