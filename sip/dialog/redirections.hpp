#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::session {

inline constexpr unsigned kMaxRedirections = 5;      ///< most targets to try, even if the owner allows more
inline constexpr std::size_t kMaxOtherTargets = 16;  ///< most targets that wait to be tried

/// The other targets of a request that 3xx responses named: RFC 3261 section 8.1.3.4. Tries no target twice. After TLS, accepts
/// only targets over TLS. Tries at most as many targets as its owner allows.
class Redirections {
 public:
  /// `secure`: the request was sent over TLS, even if `first` does not say so.
  Redirections(std::string first, unsigned allowed, bool secure = false);

  /// Returns the callable targets of a 3xx, best first.
  [[nodiscard]] static std::vector<std::string> contacts_of(const Message& response);
  void on_moved(const Message& response);
  /// Returns the next target to try, after a 3xx or after the previous target refused.
  [[nodiscard]] std::optional<std::string> next();

 private:
  [[nodiscard]] bool is_known(const std::string& target) const;

  unsigned left_;
  bool secure_;
  std::vector<std::string> tried_;    // At most kMaxRedirections and the first target.
  std::vector<std::string> waiting_;  // Best first.
};

}  // namespace offhook::inline v0::sip::session
