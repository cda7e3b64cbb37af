#include <offhook/sip/transport/name_look_ups.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace offhook::inline v0::sip {

/// What the threads share. It outlives its owner while one of them hangs in the resolver.
struct NameLookUps::Pool {
  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::string> queue;
  std::size_t threads = 0, idle = 0;
  bool closed = false;
  Ways ways;
  std::function<void(const std::string&, const Result&)> found;  // On the owner's thread.

  static void work(const std::shared_ptr<Pool>& pool) {
    std::unique_lock lock(pool->mutex);
    for (;;) {
      ++pool->idle;
      pool->more.wait(lock, [&] { return pool->closed || !pool->queue.empty(); });
      --pool->idle;
      if (pool->closed) return;
      std::string host = std::move(pool->queue.front());
      pool->queue.pop_front();
      lock.unlock();
      Result result = pool->ways.resolve(host);
      lock.lock();
      if (pool->closed) return;
      pool->ways.post([pool, host = std::move(host), result = std::move(result)] { pool->found(host, result); });
    }
  }

  /// False when there is no thread that could ever take it.
  static bool add(const std::shared_ptr<Pool>& pool, const std::string& host) {
    const std::scoped_lock lock(pool->mutex);
    pool->queue.push_back(host);
    if (pool->queue.size() > pool->idle && pool->threads < kMaxThreads) {
      try {
        std::thread([pool] { work(pool); }).detach();  // Joined, it could hold up our end for as long as the resolver hangs.
        ++pool->threads;
      } catch (const std::system_error&) {  // The system has no thread for us now: those that run take it in turn.
        if (pool->threads == 0) pool->queue.pop_back();
      }
    }
    pool->more.notify_one();
    return pool->threads > 0;
  }

  /// False when a thread has it already.
  bool take_back(const std::string& host) {
    const std::scoped_lock lock(mutex);
    return std::erase(queue, host) > 0;
  }
};

NameLookUps::NameLookUps(Ways ways) : ways_(std::move(ways)), pool_(std::make_shared<Pool>()) {
  pool_->ways = ways_;
  pool_->found = [this](const std::string& host, const Result& result) { on_found(host, result); };
}

NameLookUps::~NameLookUps() {
  const std::scoped_lock lock(pool_->mutex);
  pool_->closed = true;
  pool_->more.notify_all();
}

void NameLookUps::look_up(const std::string& host, Done done) {
  const auto refuse = [&](const char* why) {
    ways_.post([done = std::move(done), why] { done({{}, why}); });  // Not from inside the caller's own turn.
  };
  if (waiters_ >= kMaxWaiting) return refuse("too many wait for names that are being looked up");
  if (!under_way_.contains(host)) {
    if (under_way_.size() >= kMaxNames) return refuse("too many names are being looked up");
    if (!Pool::add(pool_, host)) return refuse("the system gives us no thread to look names up with");
    under_way_.insert(host);
  }
  const std::uint64_t id = ++last_id_;
  waiting_[host].push_back({id, std::move(done)});
  ++waiters_;
  ways_.after(kLimit, [this, host, id] { give_up(host, id); });
}

void NameLookUps::on_found(const std::string& host, const Result& result) {
  under_way_.erase(host);
  auto found = waiting_.extract(host);
  if (!found) return;  // Too late: nobody waits any more.
  waiters_ -= found.mapped().size();
  for (const Waiter& waiter : found.mapped()) waiter.done(result);
}

void NameLookUps::give_up(const std::string& host, std::uint64_t id) {
  const auto at = waiting_.find(host);
  if (at == waiting_.end()) return;
  const auto waiter = std::find_if(at->second.begin(), at->second.end(), [&](const Waiter& one) { return one.id == id; });
  if (waiter == at->second.end()) return;
  const Done done = std::move(waiter->done);
  at->second.erase(waiter);
  --waiters_;
  if (at->second.empty()) {
    waiting_.erase(at);
    if (pool_->take_back(host)) under_way_.erase(host);
  }
  done({{}, "no answer from the name servers within 10 s"});
}

NameLookUps::Result resolve_by_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;  // Else each address comes once for each kind of socket.
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0) return {{}, ::gai_strerror(error)};
  NameLookUps::Result result;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET) {
      std::array<std::uint8_t, 4> octets{};
      std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in*>(entry->ai_addr)->sin_addr, octets.size());
      result.addresses.push_back(base::IpAddress::v4(octets));
    } else if (entry->ai_family == AF_INET6) {
      std::array<std::uint8_t, 16> octets{};
      std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in6*>(entry->ai_addr)->sin6_addr, octets.size());
      result.addresses.push_back(base::IpAddress::v6(octets));
    }
  }
  ::freeaddrinfo(list);
  return result;
}

}  // namespace offhook::inline v0::sip
