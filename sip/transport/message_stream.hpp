#pragma once

#include <offhook/sip/transport/byte_stream.hpp>

#include <functional>

namespace offhook::inline v0::sip::detail {

/// A stream that keeps messages apart: each write() is one, and what is read says where one ends.
class MessageStream : public ByteStream {
 public:
  MessageStream* messages() final { return this; }
  /// Of what read_some() brought last, which is nothing at all for an empty message.
  [[nodiscard]] virtual bool at_message_end() const = 0;
  /// Asks whether the peer is there; `on_pong` hears when it is, never from within ping(), and nothing more after close().
  virtual void ping() = 0;
  virtual void on_pong(std::function<void()> handler) = 0;
};

}  // namespace offhook::inline v0::sip::detail
