#pragma once

#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::sip::registration {

/// Our binding at the registrar, its GRUUs, and its repair: removal before the next REGISTER that binds.
class OwnBinding {
 public:
  static constexpr int kMaxRemovals = 1;           ///< refused removals, after which no further removal is tried
  static constexpr std::size_t kMaxBindings = 64;  ///< Contacts to read from a 2xx

  /// `stale`: an earlier binding of ours may be in force, and must be removed.
  void set_stale(bool stale) { stale_ = stale; }
  [[nodiscard]] bool is_stale() const { return stale_; }
  /// Returns true if the next REGISTER must remove the stale binding.
  [[nodiscard]] bool needs_removal() const { return stale_ && removals_refused_ < kMaxRemovals; }
  void on_removal_refused() { ++removals_refused_; }
  /// Call this when the registrar accepted `uri`. Reads our GRUUs from the response if we have sent an instance.
  void on_accepted(const std::string& uri, const Message& response, bool has_instance);
  /// Call this when the registration has ended or failed. The temporary GRUU ends with it, and a call must not use a GRUU that is
  /// no longer valid: RFC 5627 section 4.2.
  void forget_gruus();
  void reset();  ///< no binding is in force any more

  [[nodiscard]] const std::string& uri() const { return uri_; }  ///< as in the last accepted REGISTER; "" if no binding is in force
  [[nodiscard]] const std::string& gruu() const { return gruu_; }
  [[nodiscard]] const std::string& temp_gruu() const { return temp_gruu_; }

 private:
  std::string uri_, gruu_, temp_gruu_;
  bool stale_ = false;
  int removals_refused_ = 0;  // Since the last 2xx.
};

}  // namespace offhook::inline v0::sip::registration
