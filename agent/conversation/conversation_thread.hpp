#pragma once

#include <offhook/agent/conversation/bridge.hpp>

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent {

/// One thread with one io_context, on which conversations stay until they end. The thread ticks its calls every 10 ms. Without calls, it wakes
/// every 250 ms. See ThreadPace.
class ConversationThread {
 public:
  ConversationThread();
  ~ConversationThread();  ///< ends its conversations and joins the thread
  ConversationThread(const ConversationThread&) = delete;
  ConversationThread& operator=(const ConversationThread&) = delete;

  void post(std::function<void()> task);               ///< callable from any thread
  /// Returns the io_context of the providers' sockets. Use it on the thread only.
  [[nodiscard]] boost::asio::io_context& io();
  void every(base::Duration period, std::function<bool()> task);  ///< call it on the thread; repeats until `task` returns false
  void add(std::shared_ptr<Bridge> bridge);            ///< call it on the thread
  void end_all();                                      ///< call it on the thread
  void remove(const std::shared_ptr<Bridge>& bridge);  ///< call it on the thread
  /// Returns by how much the thread is late to wake; zero if it is not late. Callable from any thread.
  [[nodiscard]] base::Duration late(base::TimePoint now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent
