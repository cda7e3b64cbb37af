#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string_view>

namespace offhook::inline v0::sip {

/// The PASSporTs that calls were believed by, for as long as they are fresh: whoever sees one could place a call of its own with it.
/// RFC 8224 section 12.1.
class PassportMemory {
 public:
  static constexpr std::size_t kMaxPassports = 16384;  ///< the oldest is forgotten

  /// `signed_text`: header and payload of a PASSporT whose signature is good. True when a call of another Call-ID had the same at most
  /// `keep` ago. Else it is remembered. The signature is left out: whoever has one can compute a second one that is good (ECDSA).
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

  std::map<Digest, Digest> calls_;  // The digest of a Call-ID, by that of a PASSporT.
  std::deque<Seen> order_;
};

}  // namespace offhook::inline v0::sip
