#pragma once

#include <offhook/agent/providers/azure/socket_fault.hpp>
#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::azure {

inline constexpr std::string_view kJsonType = "application/json";  ///< the Content-Type of a message that carries JSON

/// The interface of a core that uses the Unified Speech Protocol over a socket, one at a time, which its owner opens. Pure: the
/// owner reports events, and polls the messages to send.
class UspCore {
 public:
  virtual ~UspCore() = default;
  /// The owner opens a socket: the messages for it begin anew.
  virtual void on_connecting() = 0;
  virtual void on_open() = 0;
  virtual void on_message(const UspMessage& message) = 0;
  virtual void on_garbage() = 0;  ///< reports a frame that is not a message
  virtual void on_closed(const SocketFault& fault) = 0;
  /// Returns true if the owner has to open a socket now, for a request that waits or in advance.
  [[nodiscard]] virtual bool wants_socket() const = 0;
  /// Returns false if the owner's socket has no more use.
  [[nodiscard]] virtual bool has_socket() const = 0;
  [[nodiscard]] virtual std::optional<UspOutgoing> poll_message() = 0;

 protected:
  enum class Link : std::uint8_t { None, Opening, Open };

  /// Requests a socket in advance, so that the caller does not wait for it later. After one request, it requests no other until a
  /// socket has succeeded.
  class Spare {
   public:
    void ask() { wanted_ = !std::exchange(spent_, true); }
    void on_connecting() { wanted_ = false; }
    void on_success() { spent_ = false; }
    [[nodiscard]] bool is_wanted() const { return wanted_; }

   private:
    bool wanted_ = false, spent_ = false;
  };

  template <class Each>
  [[nodiscard]] static std::optional<Each> take_front(std::deque<Each>& queue) {
    if (queue.empty()) return std::nullopt;
    std::optional<Each> front(std::move(queue.front()));
    queue.pop_front();
    return front;
  }
};

}  // namespace offhook::inline v0::agent::azure
