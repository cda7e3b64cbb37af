#pragma once

#include <offhook/agent/conversation/conversation_thread.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/providers/rehearsal.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace offhook::inline v0::agent {

/// A conversation thread, with the sockets to the providers of its calls.
class CallThread {
 public:
  using EdgesMaker = std::function<std::unique_ptr<net::Edges>(boost::asio::io_context&)>;

  explicit CallThread(const EdgesMaker& make_edges);
  ~CallThread();  ///< ends the conversations, then the sockets, and joins the thread
  CallThread(const CallThread&) = delete;
  CallThread& operator=(const CallThread&) = delete;

  [[nodiscard]] ConversationThread& conversations() { return thread_; }
  /// Use it on the thread only.
  [[nodiscard]] net::Edges& edges() { return *edges_; }
  /// Prepares what calls will need: runs `make` on the thread and ticks its result. Callable from any thread.
  void rehearse(std::function<Rehearsed(net::Edges&)> make);

 private:
  std::vector<std::shared_ptr<Rehearsal>> rehearsals_;  // used on the thread only
  std::unique_ptr<net::Edges> edges_;  // Declared before thread_: the thread joins first, and nothing uses the sockets after that.
  ConversationThread thread_;
};

}  // namespace offhook::inline v0::agent
