#include <offhook/agent/providers/rehearsal.hpp>

#include <offhook/agent/providers/cached_speaker.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

using namespace offhook::agent;
using namespace offhook;
using namespace std::chrono_literals;

namespace {

/// Speaks one sentence in each tick(). Never ends a sentence that begins with `never`.
class TickSpeaker final : public Speaker {
 public:
  explicit TickSpeaker(std::vector<std::string>& asked) : asked_(asked) {}
  void tick(base::TimePoint) override {
    if (waits_.empty() || waits_.front().starts_with("never")) return;
    events_.push_back(SpeechAudio{0, std::vector<std::int16_t>(80, 1), {}, 8000});
    events_.push_back(SpeechDone{0});
    waits_.pop_front();
  }
  std::uint32_t rate_hz() const override { return 8000; }
  void speak(std::uint32_t, std::string_view text) override {
    asked_.emplace_back(text);
    waits_.emplace_back(text);
  }
  void cancel() override { waits_.clear(); }
  std::optional<SpeakEvent> poll() override {
    if (events_.empty()) return std::nullopt;
    std::optional<SpeakEvent> event(std::move(events_.front()));
    events_.pop_front();
    return event;
  }

 private:
  std::vector<std::string>& asked_;
  std::deque<std::string> waits_;
  std::deque<SpeakEvent> events_;
};

struct Load final : WarmUp {
  explicit Load(const bool& over) : over_(over) {}
  [[nodiscard]] bool is_over() const override { return over_; }
  [[nodiscard]] std::string command() const override { return "show models"; }

 private:
  const bool& over_;
};

struct Rehearsing {
  std::shared_ptr<SpeechCache> cache = std::make_shared<SpeechCache>();
  std::vector<std::string> asked;
  base::TimePoint now{};

  std::unique_ptr<Speaker> speaker(const std::vector<std::string>& sentences) {
    auto made = std::make_unique<CachedSpeaker>(std::make_unique<TickSpeaker>(asked), cache, "voice", [] {});
    for (const auto& sentence : sentences) made->add_fixed(sentence);
    return made;
  }
  Rehearsal rehearsal(const std::vector<std::string>& sentences) {
    Rehearsed what;
    what.voices.push_back({speaker(sentences)});
    return {std::move(what), now};
  }
};

}  // namespace

TEST_CASE_FIXTURE(Rehearsing, "Rehearsal synthesises each sentence once into the cache, and then ends") {
  auto rehearsal = this->rehearsal({"hello", "sorry", "hello"});
  int ticks = 0;
  while (rehearsal.tick(now += Rehearsal::kTick)) REQUIRE(++ticks < 10);
  CHECK(asked == std::vector<std::string>{"hello", "sorry"});
  CHECK(cache->sentences() == 2);
  CHECK_FALSE(this->rehearsal({"sorry"}).tick(now));
  CHECK(asked.size() == 2);
}

TEST_CASE_FIXTURE(Rehearsing, "Rehearsal waits for a sentence until kLimit, and then reports a failure") {
  std::vector<ServiceFailure> failures;
  Rehearsed what;
  what.voices.push_back({speaker({"never"}), [&](ServiceFailure failure) { failures.push_back(std::move(failure)); }});
  Rehearsal rehearsal(std::move(what), now);
  CHECK(rehearsal.tick(now + Rehearsal::kLimit - 1ms));
  CHECK(failures.empty());
  CHECK_FALSE(rehearsal.tick(now + Rehearsal::kLimit));
  CHECK(cache->sentences() == 0);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == FailureKind::Timeout);
  CHECK(failures[0].why == "the voice did not prepare all fixed sentences in time");
}

TEST_CASE_FIXTURE(Rehearsing, "While a model loads, Rehearsal waits until the load ends, at most until kWarmUpLimit") {
  bool over = false;
  std::shared_ptr<const void> awaited;
  std::vector<std::string> troubles;
  const auto loading = [&] {
    Rehearsed what;
    what.voices.push_back({speaker({"never"})});
    what.loads.push_back({std::make_unique<Load>(over), "ollama", awaited = std::make_shared<int>(0)});
    what.told = [&](const std::string& trouble) { troubles.push_back(trouble); };
    return Rehearsal(std::move(what), now);
  };
  auto quick = loading();
  CHECK(quick.tick(now + Rehearsal::kLimit));
  over = true;
  CHECK(awaited.use_count() == 2);
  CHECK_FALSE(quick.tick(now + Rehearsal::kLimit + 1s));
  CHECK(awaited.use_count() == 1);
  CHECK(troubles.empty());
  over = false;
  auto slow = loading();
  CHECK(slow.tick(now + Rehearsal::kWarmUpLimit - 1ms));
  CHECK(troubles.empty());
  CHECK(awaited.use_count() == 2);
  CHECK_FALSE(slow.tick(now + Rehearsal::kWarmUpLimit));
  CHECK(awaited.use_count() == 1);  // The rehearsal no longer delays the acceptance of calls.
  REQUIRE(troubles.size() == 1);
  CHECK(troubles.front().starts_with("the model of ollama was not loaded within 10 minutes: "));
  CHECK(troubles.front().find("Check its server (`show models`)") != std::string::npos);
}
