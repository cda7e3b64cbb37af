#include <offhook/agent/tools/servers/retired_servers.hpp>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace offhook::inline v0::agent::tools {

RetiredServers::~RetiredServers() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
}

void RetiredServers::add(std::shared_ptr<const ToolServers> servers) {
  const std::lock_guard lock(mutex_);
  retired_.push_back(std::move(servers));
  if (!thread_.joinable()) {
    try {
      thread_ = std::jthread([this](const std::stop_token& stop) { end_unused(stop); });
    } catch (const std::system_error&) {  // No thread is available: the servers stay until the next add(), or until the destructor.
    }
  }
  changed_.notify_all();
}

std::size_t RetiredServers::size() const {
  const std::lock_guard lock(mutex_);
  return retired_.size();
}

void RetiredServers::end_unused(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto unused = std::partition(retired_.begin(), retired_.end(), [](const auto& servers) { return servers.use_count() > 1; });
    std::vector<std::shared_ptr<const ToolServers>> ending(std::make_move_iterator(unused), std::make_move_iterator(retired_.end()));
    retired_.erase(unused, retired_.end());
    lock.unlock();
    ending.clear();
    lock.lock();
    changed_.wait_for(lock, stop, retired_.empty() ? std::chrono::hours(24) : look_every_, [] { return false; });
  }
}

}  // namespace offhook::inline v0::agent::tools
