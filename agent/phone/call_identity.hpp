#pragma once

#include <offhook/agent/phone/call_signer.hpp>
#include <offhook/agent/phone/caller_check.hpp>

#include <optional>
#include <string_view>

namespace offhook::inline v0::phone {

/// Verifies the numbers of callers, and signs the numbers of outgoing calls, as IdentityOptions say. Reads the wall clock.
class CallIdentity {
 public:
  /// Reads the files. Errors: those of CallerCheck and CallSigner.
  [[nodiscard]] base::Result<void, base::Error> open(const IdentityOptions& options);

  /// Sets `call.identity`, if IdentityOptions ask for verification. Returns the status with which to refuse the call, or nullopt to accept it.
  [[nodiscard]] std::optional<int> refusal_of(sip::IncomingCall& call);
  /// Adds the header field Identity for a call from `from` to `to`, if IdentityOptions ask for signing.
  void sign(std::string_view from, std::string_view to, sip::HeaderList& headers, base::Random& random) const;

 private:
  std::optional<CallerCheck> callers_;
  std::optional<CallSigner> signer_;
};

}  // namespace offhook::inline v0::phone
