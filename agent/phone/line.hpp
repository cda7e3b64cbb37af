#pragma once

#include <offhook/agent/phone/watch_options.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/subscription/packages/dialog_info.hpp>

#include <map>
#include <string>
#include <string_view>

namespace offhook::inline v0::phone {

/// The calls of one account, with the part that a watcher may see: RFC 4235 sections 3.6 and 3.7. A value: no I/O, no clock.
class Line {
 public:
  using DialogInfo = sip::packages::DialogInfo;
  static constexpr std::size_t kMaxText = 256;  ///< octets of an identity or a name; a longer text is omitted

  Line(std::string address, std::string display) : address_(std::move(address)), display_(std::move(display)) {}

  /// `withheld` is true when one side withholds its identity: watchers then see only that there is a call.
  void dialled(sip::SessionId call, std::string_view target, bool withheld, const sip::DialogName& name);
  void rang_in(const sip::IncomingCall& call, const sip::DialogName& name);
  void ringing(sip::SessionId call);  ///< this side has sent a ringing response
  void on_progress(const sip::CallProgress& event);
  void accepted(sip::SessionId call, const sip::DialogName& name);
  /// The call's row shows that the call has ended, until forget().
  void on_ended(const sip::CallEnded& event);
  void forget(sip::SessionId call) { calls_.erase(call); }

  [[nodiscard]] bool has(sip::SessionId call) const { return calls_.contains(call); }
  [[nodiscard]] const std::string& address() const { return address_; }
  /// Returns the rows for a watcher whose own Contact is `contact`. Omits the watcher's own calls with this line, because the watcher knows
  /// them (RFC 4235 section 3.3).
  [[nodiscard]] std::vector<DialogInfo::Dialog> seen(View view, std::string_view contact) const;

 private:
  struct Call {
    DialogInfo::Dialog row;
    bool withheld = false;
  };
  void add(sip::SessionId id, DialogInfo::Direction direction, const sip::Party& remote, bool withheld, const sip::DialogName& name);

  std::string address_, display_;
  std::map<sip::SessionId, Call> calls_;
};

}  // namespace offhook::inline v0::phone
