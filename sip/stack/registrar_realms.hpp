#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// How well a registrar has challenged our REGISTERs, by realm. A peer that is called through it may challenge us, too, and could otherwise
/// ask for digests of our password that are easier to break: RFC 8760 section 2.4.
class RegistrarRealms {
 public:
  static constexpr std::size_t kMaxRealms = 4;  ///< The oldest is forgotten.

  /// Of any response to a REGISTER.
  void learn(const Message& response);
  /// Returns false when a challenge is weaker than the registrar's own for that realm; for a realm that the registrar never named, than
  /// the best of all its own. With `named` the account answers for those realms alone: of a named one that is not known here any strength
  /// is good enough.
  [[nodiscard]] bool are_matched_by(const Message& challenge, const std::vector<std::string>& named) const;

 private:
  struct Realm {
    std::string name;
    int strength = 0;  // Of the best challenge that it sent us.
    bool qop = false;
  };
  [[nodiscard]] Realm least(std::string_view realm, bool named) const;

  std::vector<Realm> realms_;  // The oldest first.
};

}  // namespace offhook::inline v0::sip
