#include <offhook/agent/call_thread.hpp>

#include <future>

namespace offhook::inline v0::agent {

CallThread::CallThread(const EdgesMaker& make_edges) { edges_ = make_edges(thread_.io()); }

CallThread::~CallThread() {
  // Sockets die on the thread that they live on, while its io_context still runs.
  std::promise<void> freed;
  thread_.post([this, &freed] {
    thread_.end_all();
    edges_.reset();
    freed.set_value();
  });
  freed.get_future().wait();
}

}  // namespace offhook::inline v0::agent
