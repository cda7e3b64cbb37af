#include <offhook/agent/providers/cascade_session.hpp>

#include <doctest/doctest.h>

#include "fake_parts.hpp"

#include <algorithm>
#include <cmath>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

namespace {

/// A cascade with two providers for each stage: "a" and "b".
struct TwoOfEach {
  std::vector<std::string> log;
  std::map<std::string, FakeListener*> listeners;
  std::map<std::string, FakeThinker*> thinkers;
  std::map<std::string, FakeSpeaker*> speakers;
  std::shared_ptr<Breakers> breakers = std::make_shared<Breakers>();
  base::TimePoint now{1000s};
  std::unique_ptr<CascadeSession> session;

  template <class Part>
  std::function<std::unique_ptr<Part>(Wake)> maker(std::map<std::string, Part*>& known, std::string name,
                                                   std::uint32_t rate = 16000) {
    return [this, &known, name, rate](const Wake&) {
      auto part = std::make_unique<Part>();
      part->log = &log;
      part->name = name;
      static_cast<void>(rate);  // FakeThinker has no rate.
      if constexpr (requires { part->rate; }) part->rate = rate;
      known[name] = part.get();
      return part;
    };
  }
  template <class Face, class Part>
  PartMaker<Face> part(std::map<std::string, Part*>& known, const std::string& name, std::uint32_t rate = 16000) {
    return {name, maker<Part>(known, name, rate)};
  }
  void open(bool ends_turns = false) {
    CascadeParts parts;
    parts.listeners = {part<Listener>(listeners, "hear-a"), part<Listener>(listeners, "hear-b", 8000)};
    parts.listeners.front().ends_turns = ends_turns;
    parts.thinkers = {part<Thinker>(thinkers, "think-a"), part<Thinker>(thinkers, "think-b")};
    parts.speakers = {part<Speaker>(speakers, "say-a"), part<Speaker>(speakers, "say-b", 24000)};
    session = std::make_unique<CascadeSession>(std::move(parts), breakers, Wake{});
    session->open({}, now);
  }
  std::vector<SessionEvent> drain() {
    std::vector<SessionEvent> all;
    while (auto event = session->poll()) all.push_back(*event);
    return all;
  }
  bool logged(const std::string& line) const { return std::find(log.begin(), log.end(), line) != log.end(); }
};

template <class E>
const E* find(const std::vector<SessionEvent>& events) {
  for (const auto& event : events) {
    if (const E* e = std::get_if<E>(&event)) return e;
  }
  return nullptr;
}

}  // namespace

TEST_CASE_FIXTURE(TwoOfEach,
                  "If a listener fails during a turn, CascadeSession gives the next listener the turn from its beginning") {
  open();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(3200));
  listeners["hear-a"]->yields.push_back(ListenFailed{1, "gone", FailureKind::Network});
  CHECK(find<ListenFailed>(drain()) != nullptr);
  REQUIRE(session->try_again(Stage::Listen, "gone"));
  CHECK(session->listen_rate_hz() == 8000);
  CHECK(listeners["hear-b"]->fed == 1600);
  session->feed(std::vector<std::int16_t>(160));
  session->end_turn();
  CHECK(logged("hear-b end 1760"));
  const auto events = drain();
  REQUIRE(find<ProviderSwitched>(events) != nullptr);
  CHECK(find<ProviderSwitched>(events)->to == "hear-b");
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession names its listener, thinker and speaker, and the model and voice of a replacement") {
  open();
  CHECK(session->service().name == "hear-a+think-a+say-a");
  CHECK(session->service().asked.model == "model hear-a+model think-a+model say-a");
  CHECK(session->service().asked.voice == "voice say-a");
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  REQUIRE(session->try_again(Stage::Think, "late"));
  const auto events = drain();
  REQUIRE(find<ProviderSwitched>(events) != nullptr);
  CHECK(find<ProviderSwitched>(events)->to == "think-b");
  CHECK(find<ProviderSwitched>(events)->asked.model == "model think-b");
  CHECK(session->service().name == "hear-a+think-b+say-a");
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession reports each retry of a part, and each retry with the same provider") {
  breakers->on_failure("think-b", FailureKind::Auth, now);
  open();
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  speakers["say-a"]->retries.add("the socket broke", kConnectsAgain);
  session->tick(now);
  const auto of_part = drain();
  REQUIRE(find<ServiceRetried>(of_part) != nullptr);
  CHECK(find<ServiceRetried>(of_part)->stage == Stage::Speak);
  CHECK(find<ServiceRetried>(of_part)->service == "say-a");
  CHECK(find<ServiceRetried>(of_part)->retry.then == kConnectsAgain);
  REQUIRE(session->try_again(Stage::Think, "late"));
  const auto events = drain();
  CHECK(find<ProviderSwitched>(events) == nullptr);
  REQUIRE(find<ServiceRetried>(events) != nullptr);
  CHECK(find<ServiceRetried>(events)->service == "think-a");
  CHECK(find<ServiceRetried>(events)->retry.why == "late");
  CHECK(find<ServiceRetried>(events)->retry.then == kAsksAgain);
  CHECK_FALSE(session->try_again(Stage::Think, "late"));
}

TEST_CASE_FIXTURE(TwoOfEach, "If the caller continues before the transcript of a part comes, CascadeSession gives the listener the next part after the transcript") {
  open();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(3200));
  session->end_turn();
  log.clear();
  session->begin_turn(2, "");
  session->feed(std::vector<std::int16_t>(320));
  CHECK(log.empty());
  CHECK(listeners["hear-a"]->fed == 3200);
  const auto words = [&](std::uint32_t turn, std::string text) { listeners["hear-a"]->yields.push_back(Transcript{turn, true, std::move(text), 0.9, false}); };
  SUBCASE("the transcript comes while the caller speaks") {
    words(1, "one");
    CHECK(find<Transcript>(drain())->turn == 1);
    CHECK(log == std::vector<std::string>{"hear-a begin 2"});
    CHECK(listeners["hear-a"]->fed == 3520);
    session->feed(std::vector<std::int16_t>(160));
    session->end_turn();
    CHECK(log.back() == "hear-a end 3680");
    listeners["hear-a"]->yields.push_back(ListenFailed{2, "gone", FailureKind::Network});
    static_cast<void>(drain());
    REQUIRE(session->try_again(Stage::Listen, "gone"));
    CHECK(listeners["hear-b"]->fed == (320 + 160) / 2);  // The first part already has a transcript.
  }
  SUBCASE("the transcript comes after two more parts") {
    session->end_turn();
    session->begin_turn(3, "");
    session->feed(std::vector<std::int16_t>(160));
    session->end_turn();
    CHECK(log.empty());
    words(1, "one");
    CHECK(find<Transcript>(drain())->text == "one");
    CHECK(log == std::vector<std::string>{"hear-a begin 3", "hear-a end 3680"});
    words(3, "two three");
    CHECK(find<Transcript>(drain())->turn == 3);
    session->begin_turn(4, "");
    CHECK(log.back() == "hear-a begin 4");  // This is a separate turn.
  }
  SUBCASE("the transcript does not come, and the next listener gets both parts as one") {
    session->end_turn();
    listeners["hear-a"]->yields.push_back(ListenFailed{1, "gone", FailureKind::Network});
    const auto events = drain();
    REQUIRE(find<ListenFailed>(events) != nullptr);
    CHECK(find<ListenFailed>(events)->turn == 2);
    REQUIRE(session->try_again(Stage::Listen, "gone"));
    CHECK(logged("hear-b begin 2"));
    CHECK(logged("hear-b end " + std::to_string(3520 / 2)));
  }
  SUBCASE("the turn is abandoned") {
    session->abandon_turn();
    session->begin_turn(3, "");
    session->feed(std::vector<std::int16_t>(160));
    CHECK(log == std::vector<std::string>{"hear-a abandon", "hear-a begin 3"});
    CHECK(listeners["hear-a"]->fed == 3360);
  }
}

namespace {

/// A cascade in which the service of the first listener ends turns.
struct OwnEnds : TwoOfEach {
  OwnEnds() { open(true); }
  void words(std::uint32_t turn, std::string text) {
    const bool nothing = text.empty();
    listeners["hear-a"]->yields.push_back(Transcript{turn, true, std::move(text), 0.9, nothing});
  }
  /// Returns the Transcript and TurnTaken events since the last call, as text.
  std::string heard() {
    std::string line;
    for (const SessionEvent& event : drain()) {
      if (const auto* transcript = std::get_if<Transcript>(&event)) line += std::to_string(transcript->turn) + ":" + transcript->text + (transcript->final ? " " : "~ ");
      if (const auto* taken = std::get_if<TurnTaken>(&event)) line += std::to_string(taken->turn) + ":taken ";
    }
    return line;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OwnEnds, "When the listener's service ends a turn, CascadeSession takes the turn with its words, even if Offhook has not ended the turn") {
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(3200));
  words(1, "yes");
  CHECK(heard() == "1:yes~ 1:taken 1:yes ");
  session->feed(std::vector<std::int16_t>(160));
  session->end_turn();
  CHECK(listeners["hear-a"]->fed == 3200);
  CHECK(log == std::vector<std::string>{"hear-a begin 1"});
  session->begin_turn(2, "");
  session->end_turn();
  words(2, "no");  // The conversation waits for the words.
  CHECK(heard() == "2:no ");
}

TEST_CASE_FIXTURE(OwnEnds, "If the caller continues before the service ends the turn, CascadeSession immediately adds the next part to the listener's turn") {
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(3200));
  session->end_turn();
  session->begin_turn(2, "");
  session->feed(std::vector<std::int16_t>(320));
  CHECK(log == std::vector<std::string>{"hear-a begin 1", "hear-a end 3200", "hear-a begin 2"});
  CHECK(listeners["hear-a"]->fed == 3520);
  SUBCASE("the service ends the turn") {
    words(2, "one two");
    CHECK(heard() == "2:one two~ 2:taken 2:one two ");
  }
  SUBCASE("Offhook ends the turn first") {
    session->end_turn();
    words(2, "one two");
    CHECK(heard() == "2:one two~ 2:taken 2:one two ");
  }
  SUBCASE("the turn has no words") {
    session->end_turn();
    words(2, "");
    CHECK(heard() == "2: ");
  }
  SUBCASE("the service fails, and another listener gets the whole turn") {
    session->end_turn();
    listeners["hear-a"]->yields.push_back(ListenFailed{2, "gone", FailureKind::Network});
    static_cast<void>(drain());
    REQUIRE(session->try_again(Stage::Listen, "gone"));
    CHECK(logged("hear-b begin 2"));
    CHECK(logged("hear-b end " + std::to_string(3520 / 2)));
  }
}

TEST_CASE_FIXTURE(TwoOfEach, "If a listener fails after the end of a turn, CascadeSession also gives the end to the next listener") {
  open();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(3200));
  session->end_turn();
  REQUIRE(session->try_again(Stage::Listen, "nothing came"));
  CHECK(logged("hear-b end 1600"));
}

namespace {

/// Returns 16 kHz audio: a quiet line, then a voice of the length `voice`, then the pause at the end of a turn.
std::vector<std::int16_t> turn_with(base::Duration voice) {
  const auto samples = [](base::Duration time) { return static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) * 16; };
  const std::size_t begin = samples(300ms), end = begin + samples(voice);
  std::vector<std::int16_t> pcm(end + samples(500ms));
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double noise = static_cast<double>(i * 7919 % 31) - 15;
    const double tone = 6000 * std::sin(0.0864 * static_cast<double>(i)) + 3000 * std::sin(0.26 * static_cast<double>(i));
    pcm[i] = static_cast<std::int16_t>(noise + (i >= begin && i < end ? tone : 0.0));
  }
  return pcm;
}

struct Deaf : TwoOfEach {
  std::vector<std::string> failures;
  Deaf() {
    breakers = std::make_shared<Breakers>(BreakerWatch{.on_failed = [this](std::string_view name, FailureKind) { failures.emplace_back(name); }});
    open();
  }
  /// Runs a turn in which the listener `name` recognises `text`, and returns the events.
  std::vector<SessionEvent> turn(const std::string& name, std::uint32_t number, const std::string& text, base::Duration voice = 800ms) {
    session->begin_turn(number, "");
    session->feed(turn_with(voice));
    session->end_turn();
    listeners[name]->yields.push_back(Transcript{number, true, text, text.empty() ? 0.0 : 0.9, text.empty()});
    return drain();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Deaf, "If a listener recognises no words in two turns in a row, CascadeSession gives the second turn to the next listener") {
  CHECK(find<Transcript>(turn("hear-a", 1, "")) != nullptr);
  const auto second = turn("hear-a", 2, "");
  CHECK(find<Transcript>(second) == nullptr);
  REQUIRE(find<ListenFailed>(second) != nullptr);
  CHECK(find<ListenFailed>(second)->kind == FailureKind::Empty);
  REQUIRE(session->try_again(Stage::Listen, "nothing"));
  CHECK(logged("hear-b begin 2"));
  CHECK(listeners["hear-b"]->fed == 8 * 1600);
  CHECK(failures.empty());  // The reason may be the line and not the listener.
  listeners["hear-b"]->yields.push_back(Transcript{2, true, "hello", 0.9, false});
  CHECK(find<Transcript>(drain()) != nullptr);
  CHECK(failures == std::vector<std::string>{"hear-a"});
}

TEST_CASE_FIXTURE(Deaf, "CascadeSession does not replace a listener that recognises no words in coughs, or in single turns between turns with words") {
  for (std::uint32_t number = 1; number <= 4; ++number) CHECK(find<ListenFailed>(turn("hear-a", number, "", 300ms)) == nullptr);
  for (std::uint32_t number = 5; number <= 10; ++number) CHECK(find<ListenFailed>(turn("hear-a", number, number % 2 == 0 ? "hello" : "")) == nullptr);
  CHECK(failures.empty());
}

TEST_CASE_FIXTURE(Deaf, "CascadeSession does not replace a listener that recognises no words if the breaker of the next listener is open, and reports no failure") {
  while (!breakers->is_open("hear-b", now)) breakers->on_failure("hear-b", FailureKind::Network, now);
  failures.clear();
  for (std::uint32_t number = 1; number <= 4; ++number) CHECK(find<Transcript>(turn("hear-a", number, "")) != nullptr);
  CHECK(find<Transcript>(turn("hear-a", 5, "hello")) != nullptr);
  CHECK(failures.empty());
}

TEST_CASE_FIXTURE(Deaf, "If no other listener is left, CascadeSession reports each turn without words as an empty turn") {
  (void)turn("hear-a", 1, "");
  (void)turn("hear-a", 2, "");
  REQUIRE(session->try_again(Stage::Listen, "nothing"));
  listeners["hear-b"]->yields.push_back(Transcript{2, true, "", 0, true});
  CHECK(find<Transcript>(drain()) != nullptr);
  for (std::uint32_t number = 3; number <= 6; ++number) CHECK(find<Transcript>(turn("hear-b", number, "")) != nullptr);
  CHECK(failures.empty());
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession gives a replacement thinker the words of the reply that the first thinker has already given") {
  open();
  session->respond({3, TurnInput::Kind::Speech, "when", 1, false});
  thinkers["think-a"]->yields = {ReplyText{3, "We open"}, ThinkFailed{3, "broken", FailureKind::Network}};
  (void)drain();
  REQUIRE(session->try_again(Stage::Think, "broken"));
  CHECK(logged("think-b respond 3 'when' said 'We open'"));
}

TEST_CASE_FIXTURE(TwoOfEach, "A replacement speaker continues the sentence at the word at which the first speaker stopped") {
  open();
  session->speak(7, "We open at nine in the morning.");
  session->speak(8, "Goodbye.");
  speakers["say-a"]->yields = {
      SpeechAudio{7, std::vector<std::int16_t>(8000), {{"We", 0}, {"open", 3000}, {"at", 6000}, {"nine", 9000}}},
      SpeakFailed{7, "closed", FailureKind::Network}};
  auto events = drain();
  REQUIRE(find<SpeechAudio>(events) != nullptr);
  CHECK(find<SpeechAudio>(events)->rate_hz == 16000);
  CHECK(find<SpeechAudio>(events)->words.size() == 2);  // The audio of "at" may be incomplete, so the next speaker repeats "at".
  REQUIRE(session->try_again(Stage::Speak, "closed"));
  CHECK(logged("say-b speak 7 'at nine in the morning.'"));
  CHECK(logged("say-b speak 8 'Goodbye.'"));
  speakers["say-b"]->yields = {SpeechAudio{7, std::vector<std::int16_t>(24000), {{"at", 0}, {"nine", 6000}}}, SpeechDone{7}};
  events = drain();
  const auto* more = find<SpeechAudio>(events);
  REQUIRE(more != nullptr);
  REQUIRE(more->words.size() == 1);
  CHECK(more->words[0].text == "at");
  CHECK(more->words[0].first_sample == 12000);  // 0.5 s at 24 kHz
  CHECK(find<SpeechDone>(events) != nullptr);
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession gives the last provider of a list one more attempt, unless the provider refused the key") {
  open();
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  CHECK(session->try_again(Stage::Think, "stalled"));
  CHECK(session->try_again(Stage::Think, "stalled"));
  CHECK_FALSE(session->try_again(Stage::Think, "stalled"));
  session->respond({2, TurnInput::Kind::Speech, "hello", 1, false});
  thinkers["think-b"]->yields = {ThinkFailed{2, "401", FailureKind::Auth}};
  (void)drain();
  CHECK_FALSE(session->try_again(Stage::Think, "401"));
}

TEST_CASE_FIXTURE(TwoOfEach, "In a new call, CascadeSession skips a provider with an open breaker, unless all providers have open breakers") {
  breakers->on_failure("think-a", FailureKind::Auth, now);
  for (const auto* name : {"say-a", "say-b"}) breakers->on_failure(name, FailureKind::Auth, now);
  open();
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  session->speak(1, "Yes?");
  CHECK(logged("think-b respond 1 'hello' said ''"));
  CHECK(logged("say-a speak 1 'Yes?'"));
  const auto events = drain();  // The only event names the replacement and the reason.
  REQUIRE(events.size() == 1);
  const auto* switched = std::get_if<ProviderSwitched>(&events[0]);
  REQUIRE(switched != nullptr);
  CHECK(switched->stage == Stage::Think);
  CHECK(switched->from == "think-a");
  CHECK(switched->to == "think-b");
  CHECK(switched->why == kPassedOver);
  CHECK(switched->asked.model == "model think-b");
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession reports each provider that it skips, at the beginning of the call and in a failover") {
  CascadeParts parts;
  parts.listeners = {part<Listener>(listeners, "hear-a")};
  parts.thinkers = {part<Thinker>(thinkers, "think-a"), part<Thinker>(thinkers, "think-b"), part<Thinker>(thinkers, "think-c")};
  parts.speakers = {part<Speaker>(speakers, "say-a")};
  breakers->on_failure("think-b", FailureKind::Auth, now);
  session = std::make_unique<CascadeSession>(std::move(parts), breakers, Wake{});
  std::string why = "late";
  SUBCASE("CascadeSession skips a provider at the beginning of the call") {
    why = kPassedOver;
    breakers->on_failure("think-a", FailureKind::Auth, now);
    session->open({}, now);
  }
  SUBCASE("CascadeSession skips a provider in a failover") {
    session->open({}, now);
    session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
    REQUIRE(session->try_again(Stage::Think, why));
  }
  std::vector<std::string> switches;
  for (const auto& event : drain()) {
    if (const auto* switched = std::get_if<ProviderSwitched>(&event)) switches.push_back(switched->from + " " + switched->to + " " + switched->why);
  }
  CHECK(switches == std::vector<std::string>{"think-a think-c " + why, "think-b think-c " + std::string(kPassedOver)});
}

TEST_CASE_FIXTURE(TwoOfEach, "While a thinker's model loads, CascadeSession uses the next thinker, even in later calls") {
  open();
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  thinkers["think-a"]->yields.push_back(ModelLoads{1, "it is being loaded"});
  const auto events = drain();
  REQUIRE(find<ThinkFailed>(events) != nullptr);
  CHECK(find<ThinkFailed>(events)->kind == FailureKind::Loading);
  REQUIRE(session->try_again(Stage::Think, "it is being loaded"));
  CHECK(logged("think-b respond 1 'hello' said ''"));
  open();
  session->respond({1, TurnInput::Kind::Speech, "good day", 1, false});
  CHECK(logged("think-b respond 1 'good day' said ''"));
}

TEST_CASE_FIXTURE(TwoOfEach, "If no other thinker is available while a model loads, CascadeSession reports ModelLoads and keeps the request") {
  for (int i = 0; i < 3; ++i) breakers->on_failure("think-b", FailureKind::Network, now);
  open();
  session->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  thinkers["think-a"]->yields.push_back(ModelLoads{1, "it is being loaded"});
  thinkers["think-a"]->yields.push_back(ReplyText{1, "Here I am.", false});
  thinkers["think-a"]->yields.push_back(ReplyDone{1});
  CHECK(breakers->try_ask("think-a", now));
  const auto events = drain();
  REQUIRE(find<ModelLoads>(events) != nullptr);
  CHECK(find<ModelLoads>(events)->service == "think-a");
  CHECK(find<ThinkFailed>(events) == nullptr);
  CHECK(find<ReplyText>(events) != nullptr);
  CHECK(breakers->try_ask("think-a", now));  // The answer of the thinker counts as a success.
}

TEST_CASE_FIXTURE(TwoOfEach, "CascadeSession reports the token usage of a reply under the name of the thinker that made the reply") {
  open();
  session->respond({3, TurnInput::Kind::Speech, "when", 1, false});
  thinkers["think-a"]->yields = {ReplyDone{3}, TokensUsed{3, {}, 12, 0, 0, 7, 0}};
  const auto events = drain();
  REQUIRE(find<TokensUsed>(events) != nullptr);
  CHECK(find<TokensUsed>(events)->service == "think-a");
  CHECK(find<TokensUsed>(events)->input == 12);
}
