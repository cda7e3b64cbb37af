#pragma once

#include <offhook/agent/conversation/conversation_thread.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/providers/rehearsal.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace offhook::inline v0::agent {

/// A conversation thread with the sockets of its calls' providers.
class CallThread {
 public:
  using EdgesMaker = std::function<std::unique_ptr<net::Edges>(boost::asio::io_context&)>;

  explicit CallThread(const EdgesMaker& make_edges);
  ~CallThread();  ///< ends its conversations, then its sockets, and joins
  CallThread(const CallThread&) = delete;
  CallThread& operator=(const CallThread&) = delete;

  [[nodiscard]] ConversationThread& conversations() { return thread_; }
  /// Used on the thread only.
  [[nodiscard]] net::Edges& edges() { return *edges_; }
  /// Makes ready what calls will need; `make` is called on the thread. From any thread.
  void rehearse(std::function<Rehearsed(net::Edges&)> make);

 private:
  std::vector<std::shared_ptr<Rehearsal>> rehearsals_;  // on the thread
  std::unique_ptr<net::Edges> edges_;  // Before the thread: it joins first, so that nothing uses them any more.
  ConversationThread thread_;
};

}  // namespace offhook::inline v0::agent
