#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string_view>

namespace offhook::inline v0::sip {

/// Remembers the PASSporTs of accepted calls while they are fresh, because an eavesdropper could reuse one for another call.
/// RFC 8224 section 12.1.
class PassportMemory {
 public:
  static constexpr std::size_t kMaxPassports = 16384;  ///< beyond it, the oldest is forgotten

  /// `signed_text` is the header and payload of a PASSporT with a valid signature. Returns true if a call with another Call-ID
  /// used the PASSporT at most `keep` ago; otherwise stores it. Ignores the signature, because an attacker can compute a second
  /// valid signature from the first one (ECDSA).
  [[nodiscard]] bool is_replayed(std::string_view signed_text, std::string_view call_id, std::int64_t now, std::chrono::seconds keep);
  [[nodiscard]] std::size_t size() const { return calls_.size(); }

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Seen {
    Digest passport;
    std::int64_t until;
  };
  static Digest digest_of(std::string_view text);
  void forget_oldest();

  std::map<Digest, Digest> calls_;  // From the digest of a PASSporT to the digest of the Call-ID that used it.
  std::deque<Seen> order_;
};

}  // namespace offhook::inline v0::sip
