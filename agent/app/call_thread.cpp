#include <offhook/agent/app/call_thread.hpp>

#include <pthread.h>

#include <future>

namespace offhook::inline v0::agent {

CallThread::CallThread(const EdgesMaker& make_edges) {
  edges_ = make_edges(thread_.io());
  thread_.post([] { pthread_setname_np(pthread_self(), "offhook-calls"); });  // The name appears in `top -H`, and in tools that measure threads.
}

CallThread::~CallThread() {
  // A socket must be freed on its own thread, while its io_context still runs.
  std::promise<void> freed;
  thread_.post([this, &freed] {
    thread_.end_all();
    rehearsals_.clear();
    edges_.reset();
    freed.set_value();
  });
  freed.get_future().wait();
}

void CallThread::rehearse(std::function<Rehearsed(net::Edges&)> make) {
  thread_.post([this, make = std::move(make)] {
    rehearsals_.clear();  // Only the agents of the last reload need a rehearsal.
    const auto rehearsal = std::make_shared<Rehearsal>(make(*edges_), base::Clock::now());
    rehearsals_.push_back(rehearsal);
    thread_.every(Rehearsal::kTick, [this, weak = std::weak_ptr(rehearsal)] {
      const auto running = weak.lock();
      if (running && running->tick(base::Clock::now())) return true;
      std::erase(rehearsals_, running);
      return false;
    });
  });
}

}  // namespace offhook::inline v0::agent
