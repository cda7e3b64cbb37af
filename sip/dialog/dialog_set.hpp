#pragma once

#include <offhook/sip/dialog/dialog.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// How many branches of one forked INVITE are kept apart. Further early dialogs are not remembered; a further 2xx is still
/// acknowledged and hung up.
inline constexpr std::size_t kMaxForks = 16;

/// The dialogs that one INVITE of ours has made, by To tag: a proxy may have forked it. RFC 3261 sections 12.1.2 and 13.2.2.4.
class DialogSet {
 public:
  /// Null when there is none of that tag. Valid until the set changes.
  [[nodiscard]] Dialog* find(std::string_view remote_tag);
  /// By the To of a request that we sent within it, perhaps under another name of the peer.
  [[nodiscard]] Dialog* find_party(std::string_view to);
  /// The dialog of the response's To tag, made when new, completed when it was not. Null when the set is full or the response
  /// makes no dialog.
  Dialog* find_or_make(const RequestHead& invite, const Message& response);
  void forget(std::string_view remote_tag);
  [[nodiscard]] std::size_t size() const { return dialogs_.size(); }

 private:
  std::vector<Dialog> dialogs_;
};

}  // namespace offhook::inline v0::sip
