#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::session {

inline constexpr unsigned kMaxRedirections = 5;      ///< Of one call, whatever the phone allows.
inline constexpr std::size_t kMaxOtherTargets = 16;  ///< That wait to be tried.

/// Where else a request of ours may be tried, as 3xx have said: RFC 3261 section 8.1.3.4. Nothing is tried twice, what went by TLS
/// goes by TLS, and only so many are followed as its owner allows.
class Redirections {
 public:
  /// `secure`: it went by TLS, whatever `first` says.
  Redirections(std::string first, unsigned allowed, bool secure = false);

  /// The targets of a 3xx that could be called, best first.
  [[nodiscard]] static std::vector<std::string> contacts_of(const Message& response);
  void on_moved(const Message& response);
  /// The next to try, after a 3xx or when the one before refused.
  [[nodiscard]] std::optional<std::string> next();

 private:
  [[nodiscard]] bool is_known(const std::string& target) const;

  unsigned left_;
  bool secure_;
  std::vector<std::string> tried_;    // At most kMaxRedirections and the first.
  std::vector<std::string> waiting_;  // Best first.
};

}  // namespace offhook::inline v0::sip::session
