#pragma once

#include <offhook/sip/transport/byte_stream.hpp>

#include <functional>

namespace offhook::inline v0::sip::detail {

/// A stream that preserves message boundaries. Each write() is one message, and reads report the end of a message.
class MessageStream : public ByteStream {
 public:
  MessageStream* messages() final { return this; }
  /// Returns true if the last read_some() reached the end of a message. For an empty message, read_some() reads nothing.
  [[nodiscard]] virtual bool at_message_end() const = 0;
  /// Sends a ping. When the pong arrives, calls the on_pong() handler, but never from within ping(), and not after close().
  virtual void ping() = 0;
  virtual void on_pong(std::function<void()> handler) = 0;
};

}  // namespace offhook::inline v0::sip::detail
