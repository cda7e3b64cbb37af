#include <offhook/agent/conversation/conversation_thread.hpp>

#include <offhook/agent/conversation/thread_pace.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace offhook::inline v0::agent {

namespace asio = boost::asio;

class ConversationThread::Impl {
 public:
  Impl() : work_(asio::make_work_guard(io_)), timer_(io_) {
    wait();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    asio::post(io_, [this] {
      end_all();
      work_.reset();
    });
    thread_.join();
  }

  void post(std::function<void()> task) { asio::post(io_, std::move(task)); }
  asio::io_context& io() { return io_; }

  void every(base::Duration period, std::function<bool()> task) {
    auto timer = std::make_unique<asio::steady_timer>(io_, period);
    auto& waiting = *timer;
    waiting.async_wait([this, period, task = std::move(task), timer = std::move(timer)](const boost::system::error_code& error) mutable {
      if (!error && task()) every(period, std::move(task));
    });
  }

  void add(std::shared_ptr<Bridge> bridge) {
    bridges_.push_back(std::move(bridge));
    if (bridges_.size() > 1) return;
    pace_.begin(base::Clock::now());
    wait();
  }

  void end_all() {
    for (const auto& bridge : bridges_) bridge->on_ended();
    bridges_.clear();
    ended_ = true;
    timer_.cancel();
  }

  void remove(const std::shared_ptr<Bridge>& bridge) { std::erase(bridges_, bridge); }

  base::Duration late(base::TimePoint now) const {
    return std::max(now - base::TimePoint(base::Duration(due_.load(std::memory_order_relaxed))), base::Duration::zero());
  }

 private:
  void wait() {
    due_.store(pace_.due().time_since_epoch().count(), std::memory_order_relaxed);
    timer_.expires_at(pace_.due());
    timer_.async_wait([this](const boost::system::error_code& error) {
      const auto now = base::Clock::now();
      if (error || ended_ || now < timer_.expiry()) return;  // add() has set a new time, and waits for it.
      pace_.on_wake(now, !bridges_.empty());
      tick(now);
      wait();
    });
  }

  void tick(base::TimePoint now) {
    const auto bridges = bridges_;  // A bridge may remove itself.
    for (const auto& bridge : bridges) bridge->tick(now);
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;
  std::vector<std::shared_ptr<Bridge>> bridges_;
  ThreadPace pace_{base::Clock::now()};
  std::atomic<base::Duration::rep> due_{0};  // pace_.due() for other threads
  bool ended_ = false;
  std::thread thread_;
};

ConversationThread::ConversationThread() : impl_(std::make_unique<Impl>()) {}
ConversationThread::~ConversationThread() = default;
void ConversationThread::post(std::function<void()> task) { impl_->post(std::move(task)); }
asio::io_context& ConversationThread::io() { return impl_->io(); }
void ConversationThread::every(base::Duration period, std::function<bool()> task) { impl_->every(period, std::move(task)); }
void ConversationThread::add(std::shared_ptr<Bridge> bridge) { impl_->add(std::move(bridge)); }
void ConversationThread::end_all() { impl_->end_all(); }
void ConversationThread::remove(const std::shared_ptr<Bridge>& bridge) { impl_->remove(bridge); }
base::Duration ConversationThread::late(base::TimePoint now) const { return impl_->late(now); }

}  // namespace offhook::inline v0::agent
