#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/sip/model/wire_message.hpp>

#include <string_view>
#include <utility>

namespace offhook::inline v0::sip::detail {

/// Passes the messages of one edge to its tap, if it has one. Leaves out keep-alives (RFC 5626 section 3.5.1).
class TappedMessages {
 public:
  void set(MessageTap tap) { tap_ = std::move(tap); }
  [[nodiscard]] bool is_on() const { return static_cast<bool>(tap_); }

  void on_received(const Flow& flow, base::Bytes octets) const;
  /// For a byte stream, `octets` may hold several messages, because a connection joins the messages in its queue.
  void on_sent(const Flow& flow, std::string_view octets) const;

 private:
  void pass(WireMessage::Direction direction, const Flow& flow, std::string_view octets) const;
  MessageTap tap_;
};

}  // namespace offhook::inline v0::sip::detail
