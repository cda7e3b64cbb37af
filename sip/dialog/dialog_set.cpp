#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

Dialog* DialogSet::find(std::string_view remote_tag) {
  const auto at =
      std::find_if(dialogs_.begin(), dialogs_.end(), [&](const Dialog& dialog) { return dialog.id().remote_tag == remote_tag; });
  return at == dialogs_.end() ? nullptr : &*at;
}

Dialog* DialogSet::find_party(std::string_view to) { return find(tag_in(to)); }

Dialog* DialogSet::find_or_make(const RequestHead& invite, const Message& response) {
  if (Dialog* known = find(response.to().tag().value_or(""))) {
    known->complete(response);
    return known;
  }
  if (dialogs_.size() >= kMaxForks) return nullptr;
  auto made = Dialog::as_client(invite, response);
  if (!made) return nullptr;
  dialogs_.push_back(std::move(*made));
  return &dialogs_.back();
}

void DialogSet::forget(std::string_view remote_tag) {
  std::erase_if(dialogs_, [&](const Dialog& dialog) { return dialog.id().remote_tag == remote_tag; });
}

}  // namespace offhook::inline v0::sip
