#pragma once

#include <offhook/sip/auth/caller_options.hpp>
#include <offhook/sip/auth/nonces.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// The server side of digest authentication: RFC 3261 section 22.1, RFC 7616, RFC 8760. Does no I/O; one object serves all callers.
class Verifier {
 public:
  static constexpr std::size_t kMaxAuthorizations = 8;  ///< fields read per request: there is one for each realm on the way

  struct Verdict {
    enum class Kind : std::uint8_t {
      Proven,   // `username` sent this request, and it is not a replay
      Missing,  // no Authorization for our realm
      Stale,    // the password is right, but the nonce has expired or this use is a replay
      Wrong,    // any other failure; the caller must not learn which
    };
    Kind kind = Kind::Missing;
    std::string username{};
  };

  Verifier(CallerOptions options, base::Random& random);

  /// Checks the digest of a request. The `uri` in it must be the Request-URI, or `address`: the address of record of the account
  /// that the Request-URI names ("" if it names none). A proxy may have replaced that address by the Request-URI:
  /// RFC 3261 section 22.4.
  [[nodiscard]] Verdict check(const Message& request, std::string_view address, const base::IpAddress& source, base::TimePoint now);
  /// Returns the values of WWW-Authenticate, one for each algorithm, the preferred one first.
  [[nodiscard]] std::vector<std::string> challenges(const base::IpAddress& source, bool stale, base::TimePoint now);

 private:
  [[nodiscard]] bool is_right(const Authorization& given, const Message& request, std::string_view address, std::string_view username) const;

  CallerOptions options_;
  std::map<std::string, std::string, std::less<>> passwords_;
  std::string nobodys_;  // A random password for unknown users, so that their check takes as long as that of known users.
  Nonces nonces_;
};

}  // namespace offhook::inline v0::sip
