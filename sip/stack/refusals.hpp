#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/transaction/key.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace offhook::inline v0::sip {

/// What was refused without a transaction for a reason that passes, such as a registrar that we did not know yet: a repeat of the
/// same request gets the same answer (RFC 3261 section 8.2.7), so that nothing rings for a call that its caller was told is refused.
class Refusals {
 public:
  static constexpr std::size_t kMax = 256;  ///< the oldest makes room: a repeat of it is then judged anew

  explicit Refusals(base::Duration kept) : kept_(kept) {}

  void remember(const transaction::Key& key, int status, base::TimePoint now);
  /// The status that it was refused with.
  [[nodiscard]] std::optional<int> find(const transaction::Key& key, base::TimePoint now) const;

 private:
  struct Refused {
    std::size_t hash = 0;  // Of the key, whose length is the peer's choice.
    int status = 0;  // 0: none.
    base::TimePoint until{};
  };
  std::array<Refused, kMax> refused_{};
  std::size_t next_ = 0;
  base::Duration kept_;
};

}  // namespace offhook::inline v0::sip
