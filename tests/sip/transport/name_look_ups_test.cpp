#include <offhook/sip/transport/name_look_ups.hpp>

#include <offhook/sip/limits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;

namespace {

/// A name server under the test's thumb: names that begin with `slow` are answered once they are released. Shared with threads
/// that may outlive the test.
struct Server {
  std::mutex mutex;
  std::condition_variable changed;
  bool released = false;
  std::multiset<std::string> asked;
  std::deque<std::function<void()>> posted;

  sip::NameLookUps::Result resolve(const std::string& host) {
    std::unique_lock lock(mutex);
    asked.insert(host);
    changed.notify_all();
    if (host.starts_with("slow")) changed.wait(lock, [&] { return released; });
    return {{*base::IpAddress::parse("192.0.2.7")}, {}};
  }
  void release() {
    const std::scoped_lock lock(mutex);
    released = true;
    changed.notify_all();
  }
  std::size_t times_asked(const std::string& host) {
    const std::scoped_lock lock(mutex);
    return asked.count(host);
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(30), condition);
  }
};

struct LookingUp {
  std::shared_ptr<Server> server = std::make_shared<Server>();
  std::vector<std::function<void()>> limits;  // What runs after 10 s: the test says when that is.
  std::vector<std::string> errors;            // One for each look-up that is done; "" when it found its address.
  std::optional<sip::NameLookUps> names;

  LookingUp() {
    names.emplace(sip::NameLookUps::Ways{
        [server = server](const std::string& host) { return server->resolve(host); },
        [server = server](std::function<void()> task) {
          const std::scoped_lock lock(server->mutex);
          server->posted.push_back(std::move(task));
          server->changed.notify_all();
        },
        [this](base::Duration limit, std::function<void()> task) {
          CHECK(limit == sip::NameLookUps::kLimit);
          limits.push_back(std::move(task));
        }});
  }
  ~LookingUp() {
    server->release();
    names.reset();  // No thread posts any more. What one posted holds the server, as the server holds it.
    server->posted.clear();
  }
  void ask(const std::string& host) {
    names->look_up(host, [this](const sip::NameLookUps::Result& result) {
      CHECK(result.addresses.empty() == !result.error.empty());
      errors.push_back(result.error);
    });
  }
  void run_one() {
    REQUIRE(server->wait([&] { return !server->posted.empty(); }));
    std::function<void()> task;
    {
      const std::scoped_lock lock(server->mutex);
      task = std::move(server->posted.front());
      server->posted.pop_front();
    }
    task();
  }
  void pass_limit() {
    for (const auto& task : std::exchange(limits, {})) task();
  }
};

}  // namespace

TEST_CASE_FIXTURE(LookingUp, "A slow name holds up no other, however often it is asked for, and costs one thread") {
  for (std::size_t i = 0; i < 2 * sip::NameLookUps::kMaxThreads; ++i) ask("slow.example");
  ask("fast.example");
  run_one();
  CHECK(errors == std::vector<std::string>{""});
  CHECK(server->times_asked("slow.example") == 1);
  server->release();
  run_one();
  CHECK(errors.size() == 2 * sip::NameLookUps::kMaxThreads + 1);
  CHECK(errors.back().empty());
}

TEST_CASE_FIXTURE(LookingUp, "A name that gives no answer has failed after the limit, and its late answer is dropped") {
  ask("slow.example");
  REQUIRE(server->wait([&] { return server->asked.size() == 1; }));
  pass_limit();
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().find("10 s") != std::string::npos);
  server->release();
  run_one();
  CHECK(errors.size() == 1);
  ask("slow.example");  // And it can be asked for again.
  run_one();
  CHECK(errors.back().empty());
  pass_limit();
  CHECK(errors.size() == 2);
}

TEST_CASE_FIXTURE(LookingUp,
                  "kMaxThreads names are looked up at a time; one more waits, and is not even asked for when it gave up") {
  const auto name = [](std::size_t i) { return "slow" + std::to_string(i); };
  for (std::size_t i = 0; i <= sip::NameLookUps::kMaxThreads; ++i) ask(name(i));
  REQUIRE(server->wait([&] { return server->asked.size() == sip::NameLookUps::kMaxThreads; }));
  CHECK(server->times_asked(name(sip::NameLookUps::kMaxThreads)) == 0);
  pass_limit();
  CHECK(errors.size() == sip::NameLookUps::kMaxThreads + 1);
  server->release();
  for (std::size_t i = 0; i < sip::NameLookUps::kMaxThreads; ++i) run_one();
  ask("fast");
  run_one();
  CHECK(errors.back().empty());
  CHECK(server->times_asked(name(sip::NameLookUps::kMaxThreads)) == 0);
}

TEST_CASE_FIXTURE(LookingUp, "kMaxWaiting may wait for names; one more is refused, though not within its own call") {
  for (std::size_t i = 0; i < sip::NameLookUps::kMaxWaiting; ++i) ask("slow.example");
  CHECK(errors.empty());
  ask("fast.example");
  CHECK(errors.empty());
  run_one();
  REQUIRE(errors.size() == 1);
  CHECK(!errors.front().empty());
  CHECK(server->times_asked("fast.example") == 0);
  pass_limit();
  ask("fast.example");
  run_one();
  CHECK(errors.back().empty());
}

TEST_CASE_FIXTURE(LookingUp, "kMaxNames may be under way; one more is refused, and every call may wait for a name that is") {
  const auto name = [](std::size_t i) { return "slow" + std::to_string(i); };
  for (std::size_t i = 0; i < sip::NameLookUps::kMaxNames; ++i) ask(name(i));
  for (std::size_t i = 0; i < sip::kMaxSessions; ++i) ask(name(0));
  CHECK(errors.empty());
  {
    const std::scoped_lock lock(server->mutex);
    CHECK(server->posted.empty());
  }
  ask(name(sip::NameLookUps::kMaxNames));
  run_one();
  REQUIRE(errors.size() == 1);
  CHECK(!errors.front().empty());
  CHECK(server->times_asked(name(sip::NameLookUps::kMaxNames)) == 0);
}

TEST_CASE_FIXTURE(LookingUp, "The end does not wait for a resolver that hangs, and nothing comes after it") {
  ask("slow.example");
  REQUIRE(server->wait([&] { return server->asked.size() == 1; }));
  names.reset();
  server->release();
  CHECK(errors.empty());
}

TEST_CASE("The system's resolver tells the addresses of a name, or why there are none") {
  const auto local = sip::resolve_by_system("localhost");
  REQUIRE_FALSE(local.addresses.empty());
  CHECK(local.addresses.front().is_loopback());
  const auto none = sip::resolve_by_system("no such name");
  CHECK(none.addresses.empty());
  CHECK(!none.error.empty());
}
