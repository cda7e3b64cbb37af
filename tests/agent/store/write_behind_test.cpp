#include <offhook/agent/store/write_behind.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>

using namespace offhook;
using namespace offhook::agent::store;
using namespace std::chrono_literals;

namespace {

constexpr StoreEvents kEvents{"words.failing", "words.back", "words.losing", "words.lost"};

struct Word {
  std::string text;
};
std::size_t weight_of(const Word& word) { return word.text.size(); }
std::string_view group_of(const Word&) { return {}; }

/// The data that a test shares with the files of a store: the test sets the failures, and reads the counts.
struct Disk {
  std::atomic<bool> fails{false}, maintenance_fails{false};
  std::atomic<int> writes{0}, maintained{0};
  std::atomic<std::size_t> committed{0};
};

class DiskFiles final : public StoreFiles<Word> {
 public:
  explicit DiskFiles(Disk& disk) : disk_(disk) {}
  FileResult<void> write(const std::vector<Word>&) override {
    ++disk_.writes;
    if (disk_.fails) return base::fail(std::make_error_code(std::errc::io_error));
    return {};
  }
  void on_committed(const std::vector<Word>& group) override { disk_.committed += group.size(); }
  std::optional<base::Duration> maintain() override {
    ++disk_.maintained;
    return 1ms;
  }
  bool is_failing() const override { return disk_.maintenance_fails; }

 private:
  Disk& disk_;
};

struct Fixture {
  Fixture() { agent::log::configure({agent::log::Level::Off, agent::log::Format::Text, false}); }
  WriteBehindOptions options{.log = {kEvents, "/folder", "words", "words"}, .backlog = {}, .gather = 1h};
  Disk disk;
  WriteBehind<Word> store{std::make_unique<DiskFiles>(disk), options};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "The store maintains its files at the start, and again after each interval, even if it writes nothing") {
  CHECK(offhook_test::wait_until([&] { return disk.maintained > 3; }));
  CHECK(disk.writes == 0);
  CHECK(store.state() == State::Writing);
  disk.maintenance_fails = true;
  CHECK(store.state() == State::Failing);
}

TEST_CASE("The destructor writes the waiting items at once, and makes one more attempt if the disk was failing") {
  Disk disk;
  for (const bool was_failing : {false, true}) {
    disk.writes = 0;
    disk.committed = 0;
    {
      WriteBehind<Word> store(std::make_unique<DiskFiles>(disk), {.log = {kEvents, "/folder", "words", "words"}, .backlog = {}, .gather = was_failing ? 0ms : 1h});
      disk.fails = was_failing;
      CHECK(store.add({"a"}));
      if (was_failing) CHECK(offhook_test::wait_until([&] { return store.state() == State::Failing; }));
      disk.fails = false;
    }
    CHECK(disk.writes == (was_failing ? 2 : 1));
    CHECK(disk.committed == 1);
  }
}
