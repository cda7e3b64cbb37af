#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// The realms in whose name a registrar has challenged our REGISTERs, and how well. Whoever is called through it may challenge us
/// too, and could otherwise collect digests of our password.
class RegistrarRealms {
 public:
  static constexpr std::size_t kMaxRealms = 4;  ///< The oldest is forgotten.

  /// Of any response to a REGISTER.
  void learn(const Message& response);
  /// False when a challenge names another realm, or is weaker than what that realm sent.
  [[nodiscard]] bool are_behind(const Message& challenge) const;

 private:
  struct Realm {
    std::string name;
    int strength = 0;  // Of the best challenge that it sent us.
    bool qop = false;
  };
  std::vector<Realm> realms_;  // The oldest first.
};

}  // namespace offhook::inline v0::sip
