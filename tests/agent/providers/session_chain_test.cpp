#include <offhook/agent/providers/session_chain.hpp>

#include <doctest/doctest.h>

#include <map>

#include <algorithm>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

struct FakeSession final : VoiceSession {
  std::vector<std::string>* log = nullptr;
  std::string name;
  std::uint32_t rate = 8000;
  std::size_t fed = 0;
  bool again = false;
  const History* history = nullptr;
  std::deque<SessionEvent> yields;

  void note(const std::string& what) { log->push_back(name + " " + what); }
  void open(const SessionContext& context, base::TimePoint) override {
    history = context.history;
    note("open " + std::to_string(history->entries().size()));
  }
  void tick(base::TimePoint) override {}
  std::uint32_t listen_rate_hz() const override { return rate; }
  void begin_turn(std::uint32_t turn, std::string_view) override { note("begin " + std::to_string(turn)); }
  void feed(std::span<const std::int16_t> pcm) override { fed += pcm.size(); }
  void end_turn() override { note("end " + std::to_string(fed)); }
  void abandon_turn() override { note("abandon"); }
  void respond(const TurnInput& input) override { note("respond " + std::to_string(input.turn) + " '" + input.text + "' said '" + input.said + "'"); }
  void on_tool(const ToolOutcome& outcome) override { note("tool " + outcome.call_id); }
  void cancel(std::uint32_t turn) override { note("cancel " + std::to_string(turn)); }
  void on_heard(const HeardReply& heard) override { note("heard '" + heard.text + "'"); }
  void speak(std::uint32_t utterance, std::string_view text) override { note("speak " + std::to_string(utterance) + " '" + std::string(text) + "'"); }
  void cancel_speech() override { note("silence"); }
  std::optional<Stage> tried;
  bool try_again(Stage stage, std::string_view) override {
    tried = stage;
    return again;
  }
  std::optional<SessionEvent> poll() override {
    if (yields.empty()) return std::nullopt;
    auto event = yields.front();
    yields.pop_front();
    return event;
  }
  ServiceInUse service() const override { return {{}, {"model of " + name, "voice of " + name}}; }
};

struct TwoWays {
  std::vector<std::string> log;
  std::map<std::string, FakeSession*> made;
  std::shared_ptr<Breakers> breakers = std::make_shared<Breakers>();
  base::TimePoint now{1000s};
  std::unique_ptr<SessionChain> chain;

  void open(std::string greeting = {}, std::optional<RecordedSpeech> recorded = {}) {
    ChainOptions options;
    options.greeting = std::move(greeting);
    options.recorded_greeting = std::move(recorded);
    for (const std::string name : {"realtime", "cascade"}) {
      options.sessions.push_back({name, [this, name](const Wake&) {
                                    auto session = std::make_unique<FakeSession>();
                                    session->log = &log;
                                    session->name = name;
                                    session->rate = name == "realtime" ? 8000 : 16000;
                                    made[name] = session.get();
                                    return session;
                                  }, 1});
    }
    chain = std::make_unique<SessionChain>(std::move(options), breakers, Wake{});
    chain->open({}, now);
  }
  std::vector<SessionEvent> drain() {
    std::vector<SessionEvent> all;
    while (auto event = chain->poll()) all.push_back(*event);
    return all;
  }
  bool logged(const std::string& line) const { return std::find(log.begin(), log.end(), line) != log.end(); }
};

template <class E>
const E* find_event(const std::vector<SessionEvent>& events) {
  for (const auto& event : events) {
    if (const E* e = std::get_if<E>(&event)) return e;
  }
  return nullptr;
}

}  // namespace

TEST_CASE_FIXTURE(TwoWays, "SessionChain gives a fixed greeting without a request to the session, and reports to the session that the caller heard it") {
  open("Good morning.");
  chain->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  const auto events = drain();
  REQUIRE(find_event<ReplyText>(events) != nullptr);
  CHECK(find_event<ReplyText>(events)->text == "Good morning.");
  CHECK(find_event<ReplyDone>(events) != nullptr);
  CHECK(log.size() == 1);  // The chain has called only open().
  chain->on_heard({1, "Good morning.", false, 0, {}});
  CHECK(logged("realtime heard 'Good morning.'"));
  REQUIRE(chain->history().entries().size() == 1);
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain names its session with model and voice, and also the session that replaces it") {
  open();
  CHECK(chain->service().name == "realtime");
  CHECK(chain->service().asked.model == "model of realtime");
  chain->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  REQUIRE(chain->try_again(Stage::Think, "broke"));
  const auto events = drain();
  REQUIRE(find_event<ProviderSwitched>(events) != nullptr);
  CHECK(find_event<ProviderSwitched>(events)->why == "broke");
  CHECK(find_event<ProviderSwitched>(events)->asked.model == "model of cascade");
  CHECK(find_event<ProviderSwitched>(events)->asked.voice == "voice of cascade");
  CHECK(chain->service().name == "cascade");
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain adds the session's name to a retry that the session reports") {
  open();
  made["realtime"]->yields = {ServiceRetried{Stage::Think, {}, {"the socket broke", kConnectsAgain}}};
  const auto events = drain();
  REQUIRE(find_event<ServiceRetried>(events) != nullptr);
  CHECK(find_event<ServiceRetried>(events)->service == "realtime");
  CHECK(find_event<ServiceRetried>(events)->retry.why == "the socket broke");
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain plays a recorded greeting after the earlier speech, and does not give it to a session") {
  open("Good morning.", RecordedSpeech(media::Prompt::make({8000, std::vector<std::int16_t>(160)}, {}), 8000, "Good morning."));
  chain->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  chain->speak(1, "This call is recorded.");
  CHECK(find_event<ReplyText>(drain()) != nullptr);
  chain->speak(2, "Good morning.");
  CHECK_FALSE(logged("realtime speak 2 'Good morning.'"));
  CHECK(drain().empty());
  made["realtime"]->yields = {SpeechAudio{1, {1, 2}, {}, 8000}, SpeechDone{1}};
  const auto events = drain();
  REQUIRE(events.size() == 4);
  CHECK(std::get<SpeechAudio>(events[0]).utterance == 1);
  CHECK(std::get<SpeechDone>(events[1]).utterance == 1);
  CHECK(std::get<SpeechAudio>(events[2]).utterance == 2);
  CHECK(std::get<SpeechDone>(events[3]).utterance == 2);
  chain->speak(3, "Good morning.");  // Later, the session speaks the same text.
  CHECK(logged("realtime speak 3 'Good morning.'"));
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain gives no more audio of a recorded greeting after it is cancelled") {
  open("", RecordedSpeech(media::Prompt::make({8000, std::vector<std::int16_t>(8000 * 5)}, {}), 8000, std::string(kRecordedGreeting)));
  chain->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  CHECK(find_event<ReplyText>(drain())->text == kRecordedGreeting);
  chain->speak(1, kRecordedGreeting);
  CHECK(find_event<SpeechAudio>(drain()) != nullptr);
  chain->cancel(1);
  chain->cancel_speech();
  chain->tick(now + 1h);
  CHECK(drain().empty());
  chain->respond({2, TurnInput::Kind::Opening, {}, 1, false});
  chain->cancel(2);
  chain->speak(2, kRecordedGreeting);  // The conversation made this request before it knew of the cancellation.
  CHECK(logged("realtime speak 2 '(recorded greeting)'"));
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain does not use the fixed greeting if an answering machine answered, because the model chooses the message") {
  open("Good morning.");
  chain->respond({1, TurnInput::Kind::Opening, std::string(kMachineAnswered), 1, false});
  CHECK(find_event<ReplyText>(drain()) == nullptr);
  REQUIRE(chain->history().entries().size() == 1);
  CHECK(chain->history().entries()[0].text == kMachineAnsweredNote);
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails during a turn, SessionChain gives the next session the history and the audio of the turn") {
  open();
  chain->on_heard({1, "Good morning.", false, 0, {}});
  chain->begin_turn(1, "");
  chain->feed(std::vector<std::int16_t>(800));
  REQUIRE(chain->try_again(Stage::Listen, "closed"));
  CHECK(logged("cascade open 1"));
  CHECK(logged("cascade begin 1"));
  CHECK(made["cascade"]->fed == 1600);
  chain->feed(std::vector<std::int16_t>(320));
  chain->end_turn();
  CHECK(logged("cascade end 1920"));
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails, SessionChain gives the next session both parts of a turn, or only the second part if the first has a transcript") {
  open();
  chain->begin_turn(1, "");
  chain->feed(std::vector<std::int16_t>(800));
  chain->end_turn();
  std::size_t heard = 0;
  SUBCASE("the first part has no transcript") {
    chain->begin_turn(2, "");
    chain->feed(std::vector<std::int16_t>(160));
    heard = 960;
  }
  SUBCASE("the first part gets its transcript during the second part") {
    chain->begin_turn(2, "");
    chain->feed(std::vector<std::int16_t>(160));
    made["realtime"]->yields.push_back(Transcript{1, true, "one", 0.9, false});
    static_cast<void>(drain());
    heard = 160;
  }
  SUBCASE("the first part gets its transcript before the second part begins, which is therefore a separate turn") {
    made["realtime"]->yields.push_back(Transcript{1, true, "one", 0.9, false});
    static_cast<void>(drain());
    chain->begin_turn(2, "");
    chain->feed(std::vector<std::int16_t>(160));
    heard = 160;
  }
  REQUIRE(chain->try_again(Stage::Listen, "gone"));
  CHECK(logged("cascade begin 2"));
  CHECK(made["cascade"]->fed == 2 * heard);
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails after it took a turn without a transcript, the next session transcribes the turn and then answers it") {
  open();
  chain->begin_turn(1, "");
  chain->feed(std::vector<std::int16_t>(800));
  chain->end_turn();
  made["realtime"]->yields = {TurnTaken{1}};
  CHECK(find_event<TurnTaken>(drain()) != nullptr);
  chain->respond({2, TurnInput::Kind::Speech, {}, 1, false});
  CHECK(logged("realtime respond 2 '' said ''"));
  REQUIRE(chain->try_again(Stage::Think, "stalled"));
  CHECK(logged("cascade begin 1"));
  CHECK(logged("cascade end 1600"));
  CHECK_FALSE(logged("cascade respond 2 '' said ''"));
  made["cascade"]->yields = {Transcript{1, true, "when do you open", 0.9, false}};
  (void)drain();
  CHECK(logged("cascade respond 2 'when do you open' said ''"));
  REQUIRE(chain->history().entries().size() == 1);
  CHECK(chain->history().entries()[0].text == "when do you open");
}

TEST_CASE_FIXTURE(TwoWays, "If the next session cannot transcribe a turn that the failed session took, SessionChain fails the reply") {
  open();
  chain->begin_turn(1, "");
  chain->end_turn();
  made["realtime"]->yields = {TurnTaken{1}};
  (void)drain();
  chain->respond({2, TurnInput::Kind::Speech, {}, 1, false});
  REQUIRE(chain->try_again(Stage::Think, "stalled"));
  made["cascade"]->yields = {ListenFailed{1, "no ears", FailureKind::Network}};
  const auto events = drain();
  REQUIRE(find_event<ThinkFailed>(events) != nullptr);
  CHECK(find_event<ThinkFailed>(events)->turn == 2);
  CHECK_FALSE(chain->try_again(Stage::Think, "no ears"));
  CHECK(made["cascade"]->tried == Stage::Listen);  // The thinker had no request, so the failed stage is Listen.
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails during a reply, SessionChain keeps the audio that it gave, and the next session continues the reply") {
  open();
  chain->respond({1, TurnInput::Kind::Digits, "5", 1, false});
  made["realtime"]->yields = {ReplyText{1, "", true}};
  (void)drain();
  chain->speak(4, "");
  made["realtime"]->yields = {SpeechAudio{4, std::vector<std::int16_t>(80), {{"We", 0}, {"open", 40}}, 8000}};
  (void)drain();
  REQUIRE(chain->try_again(Stage::Think, "closed"));
  const auto events = drain();
  REQUIRE(find_event<SpeechDone>(events) != nullptr);
  CHECK(find_event<SpeechDone>(events)->utterance == 4);
  REQUIRE(find_event<ProviderSwitched>(events) != nullptr);
  CHECK(find_event<ProviderSwitched>(events)->from == "realtime");
  CHECK(logged("cascade respond 1 '5' said 'We open'"));
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails before it speaks Offhook's sentence, the next session speaks the sentence") {
  open("Good morning.");
  chain->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  (void)drain();
  chain->speak(1, "Good morning.");
  REQUIRE(chain->try_again(Stage::Speak, "closed"));
  CHECK(logged("cascade speak 1 'Good morning.'"));
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails in the middle of a sentence, the next session speaks the sentence from the word that was cut off") {
  open();
  chain->respond({1, TurnInput::Kind::Speech, "which number?", 1, false});
  made["realtime"]->yields = {ReplyText{1, "Your order number is twelve."}};
  (void)drain();
  chain->speak(1, "Your order number is twelve.");
  std::vector<std::string> words;
  std::vector<std::uint32_t> places;
  const auto hear = [&] {
    for (const auto& event : drain()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
        for (const SpokenWord& word : audio->words) {
          words.push_back(word.text);
          places.push_back(word.first_sample);
        }
      }
    }
  };
  made["realtime"]->yields = {SpeechAudio{1, std::vector<std::int16_t>(8000), {{"Your", 0}, {"order", 3000}, {"number", 6000}}, 8000}};
  hear();
  REQUIRE(chain->try_again(Stage::Think, "closed"));
  CHECK(logged("cascade speak 1 'number is twelve.'"));
  made["cascade"]->yields = {SpeechAudio{1, std::vector<std::int16_t>(16000), {{"number", 0}, {"is", 8000}, {"twelve.", 12000}}, 16000}, SpeechDone{1}};
  hear();
  CHECK(words == std::vector<std::string>{"Your", "order", "number", "is", "twelve."});
  CHECK(places == std::vector<std::uint32_t>{0, 3000, 16000, 24000, 28000});  // The audio of the cut word stays, and the second voice begins after 1 s.
}

TEST_CASE_FIXTURE(TwoWays, "If a session fails after it gave all audio of a sentence, SessionChain ends the sentence and does not speak it again") {
  open();
  chain->speak(1, "Good morning.");
  made["realtime"]->yields = {SpeechAudio{1, std::vector<std::int16_t>(8000), {}, 8000}};
  (void)drain();
  REQUIRE(chain->try_again(Stage::Speak, "closed"));
  CHECK_FALSE(logged("cascade speak 1 ''"));  // With an empty text, utterance 1 would mean a reply that the session speaks itself.
  CHECK_FALSE(logged("cascade speak 1 'Good morning.'"));
  const auto events = drain();
  REQUIRE(find_event<SpeechDone>(events) != nullptr);
  CHECK(find_event<SpeechDone>(events)->utterance == 1);
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain::try_again() returns false if no other session is left. The next call skips a session whose breaker is open") {
  open();
  chain->respond({1, TurnInput::Kind::Silence, {}, 1, false});
  REQUIRE(chain->try_again(Stage::Think, "stalled"));
  CHECK_FALSE(chain->try_again(Stage::Think, "stalled"));
  breakers->on_failure("realtime", FailureKind::Auth, now);
  log.clear();
  open();
  CHECK(logged("cascade open 0"));
  CHECK_FALSE(logged("realtime open 0"));
  const auto events = drain();
  REQUIRE(find_event<ProviderSwitched>(events) != nullptr);
  CHECK(find_event<ProviderSwitched>(events)->to == "cascade");
  CHECK(find_event<ProviderSwitched>(events)->why == kPassedOver);
  CHECK(find_event<ProviderSwitched>(events)->asked.model == "model of cascade");
}

TEST_CASE_FIXTURE(TwoWays, "A session may recover once in each turn. If it fails again in the same turn, SessionChain replaces it") {
  open();
  chain->respond({1, TurnInput::Kind::Silence, {}, 1, false});
  made["realtime"]->again = true;
  CHECK(chain->try_again(Stage::Think, "stalled"));
  CHECK_FALSE(logged("cascade open 1"));
  chain->begin_turn(1, "");
  CHECK(chain->try_again(Stage::Listen, "stalled"));
  CHECK_FALSE(logged("cascade open 1"));
  CHECK(chain->try_again(Stage::Listen, "stalled"));
  CHECK(logged("cascade open 1"));
  made["cascade"]->again = true;
  for (int i = 0; i < 3; ++i) CHECK(chain->try_again(Stage::Listen, "stalled"));  // The last session may try as often as it accepts.
}

TEST_CASE_FIXTURE(TwoWays, "While the model of the first session loads, SessionChain uses the next session, and does not ask the first one again") {
  open();
  made["realtime"]->again = true;
  chain->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  made["realtime"]->yields.push_back(ModelLoads{1, "it is being loaded"});
  const auto events = drain();
  REQUIRE(find_event<ThinkFailed>(events) != nullptr);
  CHECK(find_event<ThinkFailed>(events)->kind == FailureKind::Loading);
  FakeSession* const first = made["realtime"];
  REQUIRE(chain->try_again(Stage::Think, "it is being loaded"));
  CHECK_FALSE(first->tried);
  CHECK(logged("cascade respond 1 'hello' said ''"));
  CHECK(breakers->is_open("realtime", now));
}

TEST_CASE_FIXTURE(TwoWays, "If no other session is left while a model loads, SessionChain reports ModelLoads and keeps the request") {
  for (int i = 0; i < 3; ++i) breakers->on_failure("cascade", FailureKind::Network, now);
  open();
  chain->respond({1, TurnInput::Kind::Speech, "hello", 1, false});
  made["realtime"]->yields.push_back(ModelLoads{1, "it is being loaded"});
  const auto events = drain();
  CHECK(find_event<ThinkFailed>(events) == nullptr);
  CHECK(find_event<ModelLoads>(events) != nullptr);
  // If no answer comes before the deadline, the session gets one more attempt, as usual.
  made["realtime"]->again = true;
  CHECK(chain->try_again(Stage::Think, "no answer in time"));
  CHECK(made["realtime"]->tried == Stage::Think);
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain adds tool calls and their results to the history") {
  open();
  chain->respond({1, TurnInput::Kind::Speech, "connect me", 1, false});
  made["realtime"]->yields = {ToolCall{1, "c1", "transfer", "{\"to\":\"sales\"}"}};
  (void)drain();
  chain->on_tool({1, "c1", "{\"ok\":true}", std::nullopt, false});
  const auto& entries = chain->history().entries();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].kind == HistoryEntry::Kind::Caller);
  CHECK(entries[1].kind == HistoryEntry::Kind::ToolCall);
  CHECK(entries[1].name == "transfer");
  CHECK(entries[2].kind == HistoryEntry::Kind::ToolResult);
  CHECK(entries[2].call_id == "c1");
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain reports the tokens of a session under the session's name, and the tokens of a part under the part's name") {
  open();
  made["realtime"]->yields = {TokensUsed{0, {}, 30, 0, 0, 10, 0}, TokensUsed{0, "openai/think", 5, 0, 0, 1, 0}};
  const auto events = drain();
  REQUIRE(events.size() == 2);
  CHECK(std::get<TokensUsed>(events[0]).service == "realtime");
  CHECK(std::get<TokensUsed>(events[1]).service == "openai/think");
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain masks a turn that the content filter refused in the history, and does not open the breaker") {
  open();
  for (std::uint32_t turn = 1; turn <= 5; ++turn) {
    chain->respond({turn, TurnInput::Kind::Speech, "vile " + std::to_string(turn), 1, false});
    made["realtime"]->yields.push_back(ThinkFailed{turn, "refused", FailureKind::Filtered});
    CHECK(find_event<ThinkFailed>(drain()) != nullptr);
  }
  REQUIRE(made["realtime"]->history != nullptr);
  REQUIRE(made["realtime"]->history->entries().size() == 5);
  for (const HistoryEntry& entry : made["realtime"]->history->entries()) CHECK(entry.text.find("vile") == std::string::npos);
  CHECK_FALSE(breakers->is_open("realtime", now));
}

TEST_CASE_FIXTURE(TwoWays, "SessionChain adds words that the caller says before any reply to the history entry of the turn") {
  open();
  chain->respond({1, TurnInput::Kind::Speech, "book a table", 1, false});
  chain->cancel(1);
  chain->respond({2, TurnInput::Kind::Speech, "book a table for two", 1, false, 1});
  REQUIRE(made["realtime"]->history->entries().size() == 1);
  CHECK(made["realtime"]->history->entries()[0].text == "book a table for two");
}

TEST_CASE_FIXTURE(TwoWays, "If a session takes a turn with its words, SessionChain requests the reply to these words, and adds them to the history once") {
  open();
  chain->begin_turn(1, "");
  made["realtime"]->yields = {Transcript{1, false, "I want", 1, false}, Transcript{1, false, "I want a table", 1, false}, TurnTaken{1},
                              Transcript{1, true, "I want a table", 1, false}};
  REQUIRE(find_event<Transcript>(drain()) != nullptr);
  chain->end_turn();
  chain->respond({2, TurnInput::Kind::Speech, {}, 1, false});
  CHECK(log.back() == "realtime respond 2 'I want a table' said ''");
  REQUIRE(chain->history().entries().size() == 1);
  CHECK(chain->history().entries().front().text == "I want a table");
  // The caller continues before any reply plays. The conversation does not have the first words.
  chain->begin_turn(2, "");
  made["realtime"]->yields = {Transcript{2, false, "for two", 1, false}, TurnTaken{2}, Transcript{2, true, "for two", 1, false}};
  static_cast<void>(drain());
  chain->end_turn();
  TurnInput more{3, TurnInput::Kind::Speech, {}, 1, false};
  more.supersedes = 2;
  chain->respond(more);
  CHECK(log.back() == "realtime respond 3 'I want a table for two' said ''");
  REQUIRE(chain->history().entries().size() == 1);
  CHECK(chain->history().entries().front().text == "I want a table for two");
  CHECK(chain->history().entries().front().turn == 3);
  // The conversation waits for the transcript of the next part.
  chain->begin_turn(3, "");
  chain->end_turn();
  TurnInput last{4, TurnInput::Kind::Speech, "please", 1, false};
  last.supersedes = 3;
  chain->respond(last);
  CHECK(log.back() == "realtime respond 4 'I want a table for two please' said ''");
}

namespace {

/// A caller who adds parts to a turn before any reply plays. `asked` is the text of the turn that the conversation has.
struct GoesOn : TwoWays {
  std::uint32_t turn = 1;
  std::string asked;
  GoesOn() { open(); }
  /// Simulates a session that takes a part and its words before the end of the turn, so the conversation gets no words.
  void early(const std::string& words) {
    chain->begin_turn(turn, "");
    made["realtime"]->yields = {Transcript{turn, false, words, 1, false}, TurnTaken{turn}, Transcript{turn, true, words, 1, false}};
    static_cast<void>(drain());
    part({});
  }
  /// Simulates a part whose words reach the conversation after the end of the turn.
  void normal(const std::string& words) {
    chain->begin_turn(turn, "");
    chain->end_turn();
    made["realtime"]->yields = {Transcript{turn, true, words, 1, false}};
    static_cast<void>(drain());
    part(words);
  }
  [[nodiscard]] std::string answered() const { return chain->history().entries().size() == 1 ? chain->history().entries().front().text : "not one turn"; }

 private:
  void part(const std::string& words) {
    TurnInput input{turn + 1, TurnInput::Kind::Speech, asked.empty() ? words : asked + ' ' + words, 1, false};
    input.supersedes = turn > 1 ? turn : 0;
    asked = input.text;
    ++turn;
    chain->respond(input);
    CHECK(log.back() == "realtime respond " + std::to_string(turn) + " '" + answered() + "' said ''");
  }
};

}  // namespace

TEST_CASE_FIXTURE(GoesOn, "SessionChain's request has each part of a turn once, whether the session took the part early or the conversation waited for the words") {
  SUBCASE("the conversation waited for a part between two parts that the session took early") {
    early("I want");
    normal("for two");
    early("please");
    CHECK(answered() == "I want for two please");
    normal("today");
    CHECK(answered() == "I want for two please today");
  }
  SUBCASE("a part begins with the words of the part before it") {
    early("I");
    normal("I want a table");
    CHECK(answered() == "I I want a table");
  }
  SUBCASE("the conversation waited for the first part") {
    normal("I want");
    early("a table");
    early("for two");
    normal("please");
    CHECK(answered() == "I want a table for two please");
  }
}

TEST_CASE_FIXTURE(TwoWays, "After a session is replaced, SessionChain does not use the words that the old session gave for the current turn") {
  open();
  chain->begin_turn(1, "");
  made["realtime"]->yields = {Transcript{1, false, "I want", 1, false}};
  static_cast<void>(drain());
  REQUIRE(chain->try_again(Stage::Listen, "gone"));
  chain->end_turn();
  made["cascade"]->yields = {TurnTaken{1}};
  static_cast<void>(drain());
  chain->respond({2, TurnInput::Kind::Speech, {}, 1, false});
  CHECK(log.back() == "cascade respond 2 '' said ''");
}
