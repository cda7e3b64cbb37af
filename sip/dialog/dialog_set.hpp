#pragma once

#include <offhook/sip/dialog/dialog.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// Bound of the stored branches of one forked INVITE. Further early dialogs are not stored. A 2xx of a further branch is still
/// acknowledged, and its dialog is ended with BYE.
inline constexpr std::size_t kMaxForks = 16;

/// The dialogs that one INVITE of ours created, by To tag. There are several if a proxy forked the INVITE.
/// RFC 3261 sections 12.1.2 and 13.2.2.4.
class DialogSet {
 public:
  /// Returns null if there is no dialog with that tag. The pointer is valid until the set changes.
  [[nodiscard]] Dialog* find(std::string_view remote_tag);
  /// Finds the dialog by the To of a request that we sent within it. Uses only the tag, because the peer's name may have changed.
  [[nodiscard]] Dialog* find_party(std::string_view to);
  /// Returns the dialog for the response's To tag: creates it if new, otherwise completes it. Returns null if the set is full or
  /// the response creates no dialog.
  Dialog* find_or_make(const RequestHead& invite, const Message& response);
  void forget(std::string_view remote_tag);
  [[nodiscard]] std::size_t size() const { return dialogs_.size(); }

 private:
  std::vector<Dialog> dialogs_;
};

}  // namespace offhook::inline v0::sip
