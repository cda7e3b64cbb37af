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

/// What speaks the Unified Speech Protocol over a socket that somebody else opens, one at a time. Pure: what comes is told, what is to
/// be sent is polled.
class UspCore {
 public:
  virtual ~UspCore() = default;
  /// A socket is being opened; what is to be sent on it begins anew.
  virtual void on_connecting() = 0;
  virtual void on_open() = 0;
  virtual void on_message(const UspMessage& message) = 0;
  virtual void on_garbage() = 0;  ///< a frame that is no message
  virtual void on_closed(const SocketFault& fault) = 0;
  /// Open another one now, for what waits or for what comes next.
  [[nodiscard]] virtual bool wants_socket() const = 0;
  /// False: what there is of one is of no more use.
  [[nodiscard]] virtual bool has_socket() const = 0;
  [[nodiscard]] virtual std::optional<UspOutgoing> poll_message() = 0;

 protected:
  enum class Link : std::uint8_t { None, Opening, Open };

  /// A socket that nobody waits for yet, so that the caller does not wait for it later: one, until something good has come of any.
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
