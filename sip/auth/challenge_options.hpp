#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// Decides which challenges an account answers with a digest of its password. In all cases the challenge must come from one of
/// the account's own servers: its registrar, its outbound proxy, and their alternatives.
struct ChallengeOptions {
  static constexpr std::size_t kMaxRealms = 4;  ///< as many as DigestClient remembers

  /// Realms for which the password is valid, as written in challenges. Empty: any realm that the servers name, unless the
  /// challenge is weaker than the challenges of the registrar.
  std::vector<std::string> realms{};
  /// True: also answers challenges to requests within a call or subscription that the peer opened. That peer can then send a
  /// challenge through the registrar, and so collect digests of the password.
  bool in_peers_dialogs = false;
};

}  // namespace offhook::inline v0::sip
