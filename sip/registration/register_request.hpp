#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/registration/actions.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::sip::registration {

/// One REGISTER after the other, with one Call-ID and rising CSeq: RFC 3261 section 10.2. Repeats a REGISTER with credentials, at
/// another server, or with a longer interval. The requests ask for the interval expires(); to remove a binding, the owner writes
/// 0 instead.
class RegisterRequest {
 public:
  static constexpr int kMaxIntervalRetries = 2;  ///< consecutive 423 responses that are followed at once

  /// `digest` and `random` must outlive this object.
  RegisterRequest(std::chrono::seconds expires, DigestClient& digest, base::Random& random);

  /// Returns the first request of a refresh. `secure`: the registrar is reached by TLS.
  [[nodiscard]] SendRegister begin(const std::string& registrar, bool secure);
  /// Follows a 3xx (RFC 3261 section 8.1.3.4). Returns nullopt if no target is left.
  [[nodiscard]] std::optional<SendRegister> redirected(const Message& response);
  /// Answers a 401 or 407. Errors: those of DigestClient::answer().
  [[nodiscard]] base::Result<SendRegister, AuthError> challenged(const Message& response);
  /// Takes over the Min-Expires of a 423. Returns nullopt if that value cannot be used, or after kMaxIntervalRetries.
  [[nodiscard]] std::optional<SendRegister> lengthened(const Message& response);
  void on_success(const Message& response) { digest_.on_success(response, attempt_); }

  [[nodiscard]] bool matches(const Message& response) const { return response.cseq().number == cseq_; }
  [[nodiscard]] std::chrono::seconds expires() const { return expires_; }  ///< requested expiry; a 423 raises it

 private:
  [[nodiscard]] SendRegister anew();
  [[nodiscard]] SendRegister next(Authorizations authorizations);

  DigestClient& digest_;
  base::Random& random_;
  std::string call_id_;
  std::uint32_t cseq_ = 0;
  std::chrono::seconds expires_;
  AuthAttempt attempt_;
  session::Redirections redirections_;  // For this REGISTER and its repetitions.
  std::string target_;                  // Request-URI of the REGISTER.
  int interval_retries_ = 0;
};

}  // namespace offhook::inline v0::sip::registration
