// The wait for media, with a timer that the test runs.
#include <offhook/agent/phone/media_wait.hpp>
#include <offhook/agent/phone/phone_error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using phone::MediaWait;

namespace {

struct Waiting {
  std::function<void()> timer;
  base::Duration limit{};
  phone::MediaReady ready;
  std::vector<MediaWait::Ready> results;
  MediaWait wait;

  auto begin(bool at_once) {
    const auto open = [this, at_once](phone::MediaReady given) {
      ready = std::move(given);
      if (at_once) ready({});
    };
    const auto after = [this](base::Duration delay, std::function<void()> task) {
      limit = delay;
      timer = std::move(task);
    };
    return wait.begin(open, 5s, after, [this](const MediaWait::Ready& result) { results.push_back(result); });
  }
};

}  // namespace

TEST_CASE_FIXTURE(Waiting, "If the media are ready at once, begin() returns the result and starts no timer") {
  const auto result = begin(true);
  REQUIRE(result);
  CHECK(result->has_value());
  CHECK_FALSE(wait.is_running());
  CHECK_FALSE(timer);
  ready({});
  CHECK(results.empty());
}

TEST_CASE_FIXTURE(Waiting, "A MediaWait ends once: when the media are ready, or at its limit") {
  CHECK_FALSE(begin(false));
  CHECK(wait.is_running());
  CHECK(limit == 5s);
  SUBCASE("ready") {
    ready({});
    timer();
    CHECK(results.at(0).has_value());
  }
  SUBCASE("limit") {
    timer();
    ready({});
    CHECK(phone::is(results.at(0).error(), phone::PhoneError::NoMedia));
  }
  CHECK(results.size() == 1);
  CHECK_FALSE(wait.is_running());
}

TEST_CASE_FIXTURE(Waiting, "A MediaWait that is cancelled or destroyed reports nothing") {
  CHECK_FALSE(begin(false));
  SUBCASE("cancelled") { wait.cancel(); }
  SUBCASE("destroyed") { wait = MediaWait(); }
  ready({});
  timer();
  CHECK(results.empty());
}
