#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// Remembers how strongly a registrar challenged our REGISTERs, by realm. A peer called through the registrar may challenge us
/// too, and could otherwise obtain digests of our password that are easier to break: RFC 8760 section 2.4.
class RegistrarRealms {
 public:
  static constexpr std::size_t kMaxRealms = 4;  ///< beyond it, the oldest is forgotten

  /// Learns from any response to a REGISTER.
  void learn(const Message& response);
  /// Returns false if a challenge is weaker than the registrar's own for that realm. For a realm that the registrar never used,
  /// compares with the strongest of its challenges. `named` are the only realms that the account answers; a named realm that is
  /// not known here may have any strength.
  [[nodiscard]] bool are_matched_by(const Message& challenge, const std::vector<std::string>& named) const;

 private:
  struct Realm {
    std::string name;
    int strength = 0;  // The strength of the strongest challenge received.
    bool qop = false;
  };
  [[nodiscard]] Realm least(std::string_view realm, bool named) const;

  std::vector<Realm> realms_;  // The oldest first.
};

}  // namespace offhook::inline v0::sip
