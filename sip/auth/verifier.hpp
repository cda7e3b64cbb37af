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

/// The server's side of digest: RFC 3261 section 22.1, RFC 7616, RFC 8760. Pure; one for all callers.
class Verifier {
 public:
  static constexpr std::size_t kMaxAuthorizations = 8;  ///< Of one request that are read: one a realm on its way.

  struct Verdict {
    enum class Kind : std::uint8_t {
      Proven,   // `username` sent this request, and it was not here before
      Missing,  // no Authorization for our realm
      Stale,    // the password is right; the nonce has run out, or this use of it was here before
      Wrong,    // anything else: whoever it is shall not learn what
    };
    Kind kind = Kind::Missing;
    std::string username{};
  };

  Verifier(CallerOptions options, base::Random& random);

  /// The digest has to be for the Request-URI, or for `address`: whom that names, by the address that people call; "" for nobody. A
  /// proxy between has put the one for the other: RFC 3261 section 22.4.
  [[nodiscard]] Verdict check(const Message& request, std::string_view address, const base::IpAddress& source, base::TimePoint now);
  /// Values of WWW-Authenticate, one for each algorithm, the preferred first.
  [[nodiscard]] std::vector<std::string> challenges(const base::IpAddress& source, bool stale, base::TimePoint now);

 private:
  [[nodiscard]] bool is_right(const Authorization& given, const Message& request, std::string_view address, std::string_view username) const;

  CallerOptions options_;
  std::map<std::string, std::string, std::less<>> passwords_;
  std::string nobodys_;  // A password that nobody has: who does not exist takes as long as who does.
  Nonces nonces_;
};

}  // namespace offhook::inline v0::sip
