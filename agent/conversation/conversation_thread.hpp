#pragma once

#include <offhook/agent/conversation/bridge.hpp>

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent {

/// One thread with one io_context, to which conversations are pinned for life. Its calls are ticked every 10 ms from a fixed
/// origin while there are any, and it wakes every 250 ms otherwise: ThreadPace.
class ConversationThread {
 public:
  ConversationThread();
  ~ConversationThread();  ///< ends its conversations and joins
  ConversationThread(const ConversationThread&) = delete;
  ConversationThread& operator=(const ConversationThread&) = delete;

  void post(std::function<void()> task);               ///< from any thread
  /// Of its providers' sockets; used on the thread only.
  [[nodiscard]] boost::asio::io_context& io();
  void every(base::Duration period, std::function<bool()> task);  ///< on the thread; until it gives false
  void add(std::shared_ptr<Bridge> bridge);            ///< on the thread
  void end_all();                                      ///< on the thread
  void remove(const std::shared_ptr<Bridge>& bridge);  ///< on the thread
  /// Returns how long the thread is overdue to wake; zero when it is not. From any thread.
  [[nodiscard]] base::Duration late(base::TimePoint now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent
