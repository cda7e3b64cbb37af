#include <offhook/agent/conversation/conversation_thread.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <thread>
#include <vector>

namespace offhook::inline v0::agent {

namespace asio = boost::asio;

namespace {
constexpr base::Duration kWakeInterval = std::chrono::milliseconds(10);  // Half a frame: a finished frame waits 5 ms on average.
}

class ConversationThread::Impl {
 public:
  Impl() : work_(asio::make_work_guard(io_)), timer_(io_), thread_([this] { io_.run(); }) {}

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
    timer_.expires_after(kWakeInterval);
    wait();
  }

  void end_all() {
    for (const auto& bridge : bridges_) bridge->on_ended();
    bridges_.clear();
    timer_.cancel();
  }

  void remove(const std::shared_ptr<Bridge>& bridge) {
    std::erase(bridges_, bridge);
    if (bridges_.empty()) timer_.cancel();
  }

 private:
  void wait() {
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || bridges_.empty()) return;
      const auto now = base::Clock::now();
      const auto bridges = bridges_;  // A bridge may remove itself.
      for (const auto& bridge : bridges) bridge->tick(now);
      if (bridges_.empty()) return;
      timer_.expires_at(std::max(timer_.expiry() + kWakeInterval, now - kWakeInterval));  // From the origin; after a stall, one catch-up only.
      wait();
    });
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;
  std::vector<std::shared_ptr<Bridge>> bridges_;
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

}  // namespace offhook::inline v0::agent
