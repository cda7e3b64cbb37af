#include <offhook/agent/providers/cached_speaker.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

using namespace offhook::agent;

namespace {

/// Gives audio only when the test calls half() or finish(). Each of the two calls gives one sample for each letter of the text.
class SlowSpeaker final : public Speaker {
 public:
  std::uint32_t rate_hz() const override { return 8000; }
  void speak(std::uint32_t utterance, std::string_view text) override {
    asked.emplace_back(text);
    open.push_back({utterance, std::string(text)});
  }
  void cancel() override {
    open.clear();
    events.clear();
    ++cancelled;
  }
  std::optional<SpeakEvent> poll() override {
    if (events.empty()) return std::nullopt;
    std::optional<SpeakEvent> event(std::move(events.front()));
    events.pop_front();
    return event;
  }
  void half() {
    const auto& [utterance, text] = open.front();
    events.push_back(SpeechAudio{utterance, std::vector<std::int16_t>(text.size(), 1), {{text, 0}}, 8000});
  }
  void finish() {
    half();
    events.push_back(SpeechDone{open.front().first});
    open.pop_front();
  }
  void fail() {
    events.push_back(SpeakFailed{open.front().first, "no voice", FailureKind::Network});
    open.pop_front();
  }
  std::vector<std::string> asked;
  std::deque<std::pair<std::uint32_t, std::string>> open;
  std::deque<SpeakEvent> events;
  int cancelled = 0;
};

struct Cached {
  Cached() { renew(); }
  /// Begins another telephone call that uses the same cache.
  void renew() {
    auto made = std::make_unique<SlowSpeaker>();
    inner = made.get();
    speaker.emplace(std::move(made), cache, "voice", [this] { ++wakes; });
  }
  std::string said() {
    std::string line;
    while (const auto event = speaker->poll()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event))
        line += std::to_string(audio->utterance) + ":" + std::to_string(audio->pcm.size()) + "/" +
                std::to_string(audio->words.size()) + " ";
      if (const auto* done = std::get_if<SpeechDone>(&*event)) line += std::to_string(done->utterance) + ":. ";
      if (const auto* failed = std::get_if<SpeakFailed>(&*event))
        line += std::to_string(failed->utterance) + ":!" + std::string(to_string(failed->kind)) + " ";
    }
    return line;
  }

  std::shared_ptr<SpeechCache> cache = std::make_shared<SpeechCache>();
  SlowSpeaker* inner = nullptr;
  int wakes = 0;
  std::optional<CachedSpeaker> speaker;
};

SpeechCache::Spoken spoken(std::size_t samples) { return {std::vector<std::int16_t>(samples, 1), {}, 8000}; }

}  // namespace

TEST_CASE_FIXTURE(Cached, "CachedSpeaker synthesises a fixed sentence once, and later calls get it from the cache") {
  speaker->add_fixed("Hello", false);
  speaker->speak(1, "Hello");
  inner->half();
  inner->finish();
  CHECK(said() == "1:5/1 1:5/1 1:. ");
  speaker->speak(2, "Hello");
  CHECK(said() == "2:10/2 2:. ");
  renew();
  speaker->add_fixed("Hello");
  speaker->speak(1, "Hello");
  CHECK(wakes > 0);
  CHECK(said() == "1:10/2 1:. ");
  CHECK(inner->asked.empty());
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker waits at least the configured interval between preparations, but does not delay a reply") {
  using namespace std::chrono_literals;
  auto made = std::make_unique<SlowSpeaker>();
  inner = made.get();
  speaker.emplace(std::move(made), cache, "voice", nullptr, 6s);
  const offhook::base::TimePoint start{};
  for (const char* text : {"one", "two", "three"}) speaker->add_fixed(text);
  speaker->tick(start + 99s);
  CHECK(inner->asked.empty());
  speaker->open({});
  speaker->tick(start + 100s);
  CHECK(inner->asked == std::vector<std::string>{"one"});
  inner->finish();
  CHECK(said() == "");
  speaker->tick(start + 106s - 1ms);
  CHECK(inner->asked.size() == 1);
  CHECK(speaker->is_preparing());
  speaker->speak(1, "now");
  inner->finish();
  CHECK(said() == "1:3/1 1:. ");
  speaker->tick(start + 106s);
  CHECK(inner->asked == std::vector<std::string>{"one", "now", "two"});
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker does not cache a sentence that is not fixed") {
  speaker->speak(1, "Hello");
  inner->finish();
  CHECK(said() == "1:5/1 1:. ");
  speaker->speak(2, "Hello");
  CHECK(inner->asked.size() == 2);
  CHECK(cache->sentences() == 0);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker speaks cached and uncached sentences in the order of the requests") {
  cache->keep("voice\nHello", spoken(3));
  speaker->add_fixed("Hello", false);
  speaker->speak(1, "Some other words");
  speaker->speak(2, "Hello");
  speaker->speak(3, "More");
  CHECK(said() == "");
  inner->finish();
  inner->finish();
  CHECK(said() == "1:16/1 1:. 2:3/0 2:. 3:4/1 3:. ");
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker prepares one sentence at a time, and gives no audio of a preparation") {
  speaker->add_fixed("One");
  speaker->add_fixed("Two");
  speaker->add_fixed("One");
  speaker->open({});
  speaker->tick({});
  CHECK(inner->asked == std::vector<std::string>{"One"});
  inner->finish();
  CHECK(said() == "");
  CHECK(inner->asked == std::vector<std::string>{"One", "Two"});
  inner->finish();
  CHECK(said() == "");
  CHECK(cache->sentences() == 2);
  speaker->speak(1, "Two");
  CHECK(said() == "1:3/1 1:. ");
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker caches a prepared sentence and prepares the next one, even if no speech is requested") {
  speaker->add_fixed("One");
  speaker->add_fixed("Two");
  speaker->open({});
  speaker->tick({});
  inner->finish();
  speaker->tick({});
  CHECK(cache->sentences() == 1);
  CHECK(inner->asked == std::vector<std::string>{"One", "Two"});
  inner->half();
  speaker->tick({});
  CHECK(inner->events.empty());
  inner->finish();
  speaker->tick({});
  CHECK(cache->sentences() == 2);
  CHECK_FALSE(speaker->is_preparing());
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker skips a sentence that another call prepares, and prepares it later if the other call fails") {
  const offhook::base::TimePoint start{};
  auto first = std::make_unique<SlowSpeaker>();
  SlowSpeaker* const first_inner = first.get();
  CachedSpeaker other(std::move(first), cache, "voice", nullptr);
  for (CachedSpeaker* each : {&other, &*speaker}) {
    each->add_fixed("One");
    each->add_fixed("Two");
    each->open({});
    each->tick(start);
  }
  CHECK(first_inner->asked == std::vector<std::string>{"One"});
  CHECK(inner->asked == std::vector<std::string>{"Two"});
  inner->finish();
  speaker->tick(start);
  CHECK(speaker->is_preparing());
  first_inner->fail();
  other.tick(start);
  CHECK(first_inner->asked.size() == 1);  // The cache has "Two" now.
  speaker->tick(start + CachedSpeaker::kLookAgain - std::chrono::milliseconds(1));
  CHECK(inner->asked.size() == 1);
  speaker->tick(start + CachedSpeaker::kLookAgain);
  CHECK(inner->asked == std::vector<std::string>{"Two", "One"});
  inner->finish();
  speaker->tick(start + CachedSpeaker::kLookAgain);
  CHECK_FALSE(speaker->is_preparing());
  CHECK(cache->sentences() == 2);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker prepares its next sentences without a pause, except those that another call prepares") {
  CachedSpeaker other(std::make_unique<SlowSpeaker>(), cache, "voice", nullptr);
  other.add_fixed("One");
  other.open({});
  other.tick({});
  for (const char* text : {"One", "Two", "Three"}) speaker->add_fixed(text);
  speaker->open({});
  speaker->tick({});
  inner->finish();
  speaker->tick({});
  CHECK(inner->asked == std::vector<std::string>{"Two", "Three"});
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker does not wait for another call's preparation if the same sentence is requested") {
  auto first = std::make_unique<SlowSpeaker>();
  CachedSpeaker other(std::move(first), cache, "voice", nullptr);
  other.add_fixed("One");
  other.open({});
  other.tick({});
  speaker->add_fixed("One");
  speaker->open({});
  speaker->tick({});
  CHECK(inner->asked.empty());
  speaker->speak(1, "One");
  inner->finish();
  CHECK(said() == "1:3/1 1:. ");
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker uses its running preparation if the same sentence is requested") {
  speaker->add_fixed("Hello");
  speaker->open({});
  speaker->tick({});
  inner->half();
  CHECK(said() == "");
  speaker->speak(1, "Hello");
  CHECK(said() == "1:5/1 ");
  inner->finish();
  CHECK(said() == "1:5/1 1:. ");
  CHECK(inner->asked.size() == 1);
  CHECK(cache->find("voice\nHello")->pcm.size() == 10);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker cancels a preparation when speech is requested, and repeats it later") {
  speaker->add_fixed("Sorry");
  speaker->open({});
  speaker->tick({});
  inner->half();
  CHECK(said() == "");
  speaker->speak(1, "Hello");
  CHECK(inner->cancelled == 1);
  inner->finish();
  CHECK(said() == "1:5/1 1:. ");
  CHECK(inner->asked == std::vector<std::string>{"Sorry", "Hello", "Sorry"});
  inner->finish();
  CHECK(said() == "");
  CHECK(cache->find("voice\nSorry")->pcm.size() == 5);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker prepares the sentence of prepare() after the requested speech and before its fixed sentences") {
  speaker->add_fixed("Sorry");
  speaker->open({});
  speaker->speak(1, "Of course.");
  speaker->prepare("Shall I?");
  speaker->tick({});
  inner->finish();
  CHECK(said() == "1:10/1 1:. ");
  CHECK(inner->asked == std::vector<std::string>{"Of course.", "Shall I?"});
  inner->finish();
  CHECK(said() == "");
  speaker->speak(2, "Shall I?");
  CHECK(said() == "2:8/1 2:. ");
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker repeats a preparation that an interruption cancelled") {
  speaker->add_fixed("Sorry");
  speaker->open({});
  speaker->tick({});
  inner->half();
  speaker->cancel();
  CHECK(said() == "");
  speaker->tick({});
  CHECK(inner->asked == std::vector<std::string>{"Sorry", "Sorry"});
  inner->finish();
  CHECK(said() == "");
  CHECK(cache->find("voice\nSorry") != nullptr);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker does not cache a sentence that failed or was cancelled in the middle") {
  speaker->add_fixed("Hello", false);
  speaker->speak(1, "Hello");
  inner->half();
  inner->fail();
  CHECK(said() == "1:5/1 1:!network ");
  speaker->speak(2, "Hello");
  inner->half();
  CHECK(said() == "2:5/1 ");
  speaker->cancel();
  CHECK(inner->cancelled == 1);
  CHECK(said() == "");
  CHECK(cache->sentences() == 0);
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker reports why a preparation failed") {
  speaker->prepare("Hello");
  speaker->open({});
  speaker->tick({});
  inner->fail();
  CHECK(said() == "");
  const auto retries = speaker->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].why == "no voice");
}

TEST_CASE_FIXTURE(Cached, "CachedSpeaker has at most kMaxPrepared fixed sentences") {
  for (std::size_t i = 0; i <= CachedSpeaker::kMaxPrepared; ++i) speaker->add_fixed("n" + std::to_string(i), false);
  speaker->speak(1, "n" + std::to_string(CachedSpeaker::kMaxPrepared - 1));
  inner->finish();
  CHECK(said() != "");
  CHECK(cache->sentences() == 1);
  speaker->speak(2, "n" + std::to_string(CachedSpeaker::kMaxPrepared));
  inner->finish();
  CHECK(said() != "");
  CHECK(cache->sentences() == 1);
}

TEST_CASE("SpeechCache refuses a sentence that is empty or too long") {
  SpeechCache cache;
  CHECK(cache.keep("a", spoken(SpeechCache::kMaxSamples)));
  CHECK_FALSE(cache.keep("b", spoken(SpeechCache::kMaxSamples + 1)));
  CHECK_FALSE(cache.keep("c", spoken(0)));
  CHECK(cache.sentences() == 1);
}

TEST_CASE("SpeechCache grants one claim for a sentence at a time") {
  SpeechCache cache;
  auto claim = cache.claim("Hello");
  CHECK(claim);
  CHECK_FALSE(cache.claim("Hello"));
  CHECK(cache.claim("Goodbye"));
  claim.reset();
  CHECK(cache.claim("Hello"));
}

TEST_CASE("SpeechCache drops the least recently used sentence") {
  SpeechCache cache;
  for (std::size_t i = 0; i < SpeechCache::kMaxSentences; ++i) cache.keep(std::to_string(i), spoken(1));
  CHECK(cache.sentences() == SpeechCache::kMaxSentences);
  CHECK(cache.find("0") != nullptr);
  cache.keep("more", spoken(1));
  CHECK(cache.sentences() == SpeechCache::kMaxSentences);
  CHECK(cache.find("0") != nullptr);
  CHECK(cache.find("1") == nullptr);

  SpeechCache full;
  constexpr std::size_t kFit = SpeechCache::kMaxOctets / (2 * SpeechCache::kMaxSamples);
  for (std::size_t i = 0; i < kFit; ++i) full.keep(std::to_string(i), spoken(SpeechCache::kMaxSamples));
  CHECK(full.sentences() == kFit);
  const auto held = full.find("0");
  full.keep("more", spoken(SpeechCache::kMaxSamples));
  CHECK(full.sentences() == kFit);
  CHECK(full.find("1") == nullptr);
  CHECK(held->pcm.size() == SpeechCache::kMaxSamples);
}

TEST_CASE("Several threads may use a SpeechCache at the same time") {
  SpeechCache cache;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, &wrong, t] {
      for (std::size_t i = 0; i < 2000; ++i) {
        const std::size_t size = 1 + (i * (t + 1)) % 50;
        cache.keep(std::to_string(size), spoken(size));
        const auto found = cache.find(std::to_string(size));
        if (!found || found->pcm.size() != size) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(cache.sentences() == 50);
}
