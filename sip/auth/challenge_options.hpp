#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// Which challenges an account answers with a digest of its password. A challenge always has to come from one of the account's own
/// servers: its registrar, its outbound proxy, and those that stand in for them.
struct ChallengeOptions {
  static constexpr std::size_t kMaxRealms = 4;  ///< As many as DigestClient remembers.

  /// The realms that the password is for, as a challenge writes them. Empty: whichever realm the servers name, unless its challenge is
  /// weaker than those that the registrar sends.
  std::vector<std::string> realms{};
  /// True: requests within a call or subscription that the peer opened are answered for, too. That peer can then send a challenge
  /// through the registrar, and so collect digests of the password.
  bool in_peers_dialogs = false;
};

}  // namespace offhook::inline v0::sip
