#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace offhook::inline v0::sip {

/// Names to addresses by a resolver that blocks and cannot be interrupted. Names are looked up side by side, each on one thread
/// at most, so that a slow one holds up nobody else; whoever asked hears after kLimit in any case, and a later answer is
/// dropped. Used from one thread.
class NameLookUps {
 public:
  static constexpr std::size_t kMaxThreads = 8;                    ///< so many names at a time; others wait their turn
  static constexpr std::size_t kMaxNames = 256;                    ///< a further one is refused while so many are under way
  static constexpr std::size_t kMaxWaiting = 4096;                 ///< for all names: one name may lead all calls on
  static constexpr base::Duration kLimit = std::chrono::seconds(10);

  struct Result {
    std::vector<base::IpAddress> addresses;
    std::string error;                                             ///< why there are none
  };
  using Done = std::function<void(Result)>;
  struct Ways {
    std::function<Result(const std::string& host)> resolve;        ///< blocks; called on threads of its own
    std::function<void(std::function<void()>)> post;               ///< runs it on the owner's thread; called from any
    std::function<void(base::Duration, std::function<void()>)> after;  ///< runs it on the owner's thread, later
  };

  explicit NameLookUps(Ways ways);
  /// Does not wait for a resolver that hangs. What was posted before must not run any more.
  ~NameLookUps();
  NameLookUps(const NameLookUps&) = delete;
  NameLookUps& operator=(const NameLookUps&) = delete;

  /// `done` is called once, later, on the owner's thread.
  void look_up(const std::string& host, Done done);

 private:
  struct Pool;
  struct Waiter {
    std::uint64_t id = 0;
    Done done;
  };
  void on_found(const std::string& host, const Result& result);
  void give_up(const std::string& host, std::uint64_t id);

  Ways ways_;
  std::shared_ptr<Pool> pool_;
  std::unordered_set<std::string> under_way_;  // Queued or on a thread.
  std::unordered_map<std::string, std::vector<Waiter>> waiting_;
  std::size_t waiters_ = 0;
  std::uint64_t last_id_ = 0;
};

/// By the system: files, DNS, whatever it is set up for.
[[nodiscard]] NameLookUps::Result resolve_by_system(const std::string& host);

}  // namespace offhook::inline v0::sip
