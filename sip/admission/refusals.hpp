#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/transaction/key.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace offhook::inline v0::sip {

/// Remembers INVITEs that were refused statelessly for a temporary reason, such as a registrar that was not known yet. A
/// retransmission gets the same response (RFC 3261 section 8.2.7), so that a call does not ring after its caller got a refusal.
class Refusals {
 public:
  static constexpr std::size_t kMax = 256;  ///< beyond it, the oldest entry is overwritten; its retransmission is then checked again

  explicit Refusals(base::Duration kept) : kept_(kept) {}

  void remember(const transaction::Key& key, int status, base::TimePoint now);
  /// Returns the status of the refusal, or nullopt if this request was not refused.
  [[nodiscard]] std::optional<int> find(const transaction::Key& key, base::TimePoint now) const;

 private:
  struct Refused {
    std::size_t hash = 0;  // Hash of the key; the key itself has a length that the peer chooses.
    int status = 0;  // 0: unused.
    base::TimePoint until{};
  };
  std::array<Refused, kMax> refused_{};
  std::size_t next_ = 0;
  base::Duration kept_;
};

}  // namespace offhook::inline v0::sip
