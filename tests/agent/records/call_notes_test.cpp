#include <offhook/agent/records/call_events.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/redaction/redaction.hpp>
#include <offhook/agent/records/record_reader.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::records;
using namespace std::chrono_literals;

namespace {

struct Noted {
  explicit Noted(KeepOptions keep = {true, false}) : notes({}, keep, now()) {}
  Moment now() const { return {WallTime(1000s) + passed, base::TimePoint(5s) + passed}; }
  template <class Action>
  void action(Action what) {
    notes.on_action(ConversationAction(std::move(what)), now());
  }
  CallRecord end(const call::Ended& how = {}) {
    notes.on_ended(how, media::LegStatistics{}, now());
    return *notes.take();
  }
  std::chrono::milliseconds passed{};
  CallNotes notes;
};

}  // namespace

TEST_CASE_FIXTURE(Noted, "CallNotes records a call from its INVITE to its end, with wall-clock times and measured durations") {
  passed = 100ms;
  notes.on_ringing(now());
  passed = 2000ms;
  notes.on_answered(media::AudioCodec::G722, "G722", "SRTP AEAD_AES_128_GCM, keys in SDP", now());
  passed = 3000ms;
  action(AgentSaid{1, "hello", false});
  passed = 5000ms;
  action(CallerSaid{2, "when are you open", 0.75, false, false});
  action(Understood{2, "hours", 0.5});
  passed = 5600ms;
  action(ReplyBegan{2, 620ms});
  passed = 6500ms;
  action(AgentSaid{2, "from nine", true});
  passed = 9000ms;
  const CallRecord record = end();
  CHECK(record.invited_at == WallTime(1000s));
  CHECK(record.ringing_at == WallTime(1000s) + 100ms);
  CHECK(record.answered_at == WallTime(1002s));
  CHECK(record.ended_at == WallTime(1009s));
  CHECK(record.setup_ms == 2000);
  CHECK(record.duration_ms == 7000);
  CHECK(record.codec == "G722");
  CHECK(record.encryption == "SRTP AEAD_AES_128_GCM, keys in SDP");
  CHECK(record.sample_rate_hz == 16000);
  CHECK(record.media);
  REQUIRE(record.turns.size() == 2);
  CHECK(record.turns[0].kind == Turn::Kind::Opening);
  CHECK(record.turns[0].said == "hello");
  CHECK(record.turns[1].kind == Turn::Kind::Speech);
  CHECK(record.turns[1].at_ms == 3000);
  CHECK(record.turns[1].heard == "when are you open");
  CHECK(record.turns[1].intent == "hours");
  CHECK(record.turns[1].response_ms == 620);
  CHECK(record.turns[1].said == "from nine");
  CHECK(record.turns[1].interrupted_at_ms == 900);
}

TEST_CASE_FIXTURE(Noted, "A record has the name of its recording, and the length of the pauses by model and by operator") {
  notes.on_recorded("k3x9.opus", {.by_model = 1200ms, .by_operator = 300ms});
  const CallRecord record = end();
  CHECK(record.recording == "k3x9.opus");
  CHECK(record.paused_by_model_ms == 1200);
  CHECK(record.paused_by_operator_ms == 300);
}

TEST_CASE("A record keeps spoken words only if transcripts are on, and always keeps the length of the words") {
  Noted call(KeepOptions{false, false});
  call.action(CallerSaid{2, "my secret", 0.75, false, false});
  call.action(AgentSaid{2, "your secret", false});
  const CallRecord record = call.end();
  CHECK(record.turns[0].heard.empty());
  CHECK(record.turns[0].said.empty());
  CHECK(record.turns[0].heard_length == 9);
  CHECK(record.turns[0].confidence == 0.75);
}

TEST_CASE("A record keeps the number of pressed keys, and keeps the keys themselves only with the option `digits`") {
  for (const bool kept : {false, true}) {
    Noted call(KeepOptions{true, kept});
    call.action(CallerSaid{2, "1234", 1, false, true});
    call.action(SendDigits{"99"});
    const CallRecord record = call.end();
    CHECK(record.digits_received == (kept ? "1234" : "****"));
    CHECK(record.turns[0].heard == (kept ? "1234" : "****"));
    CHECK(record.digits_sent == (kept ? "99" : "**"));
  }
}

TEST_CASE_FIXTURE(Noted, "The record of a call that was never answered has no media and no duration, only the setup time") {
  passed = 4s;
  const CallRecord record = end({call::Ended::By::Peer, call::Ended::Cause::Cancelled, "487"});
  CHECK_FALSE(record.answered_at);
  CHECK_FALSE(record.media);
  CHECK(record.setup_ms == 4000);
  CHECK(record.duration_ms == 0);
  CHECK(record.ending.cause == "cancelled");
}

TEST_CASE_FIXTURE(Noted, "take() returns the record once, after the call has ended. Only the first end of a call counts") {
  CHECK_FALSE(notes.take());
  notes.on_ended({}, {}, now());
  notes.on_ended({call::Ended::By::Us, call::Ended::Cause::HungUp, {}, {}, "shutdown"}, {}, now());
  CHECK(notes.take()->ending.by == Ending::By::Caller);
  CHECK_FALSE(notes.take());
}

TEST_CASE_FIXTURE(Noted, "Each trouble of a call has its stage, its reason and the provider that took over") {
  notes.on_answered(media::AudioCodec::Pcmu, "PCMU", "", now());
  passed = 4000ms;
  action(TryAgain{Stage::Think, "nothing came in time"});
  action(ProviderSwitched{Stage::Think, "openai/realtime", "openai/cascade", "nothing came in time"});
  action(TryAgain{Stage::Speak, "closed"});
  action(ProviderSwitched{Stage::Speak, "openai/speak", "plain voice", "404"});  // The reason differs from "closed", so this is a separate trouble.
  const CallRecord record = end();
  REQUIRE(record.troubles.size() == 3);
  CHECK(record.troubles[0].at_ms == 4000);
  CHECK(record.troubles[0].stage == "think");
  CHECK(record.troubles[0].why == "nothing came in time");
  CHECK(record.troubles[0].from == "openai/realtime");
  CHECK(record.troubles[0].to == "openai/cascade");
  CHECK(record.troubles[1].stage == "speak");
  CHECK(record.troubles[1].to.empty());
  CHECK(record.troubles[2].why == "404");
  CHECK(record.troubles[2].to == "plain voice");
}

TEST_CASE_FIXTURE(Noted, "A record names the service of the conversation, with its model and voice") {
  action(ServiceChosen{{"cascade", {"-+gpt-4.1+-", std::string(kMaxFieldBytes + 1, 'v')}}});
  const CallRecord record = end();
  CHECK(record.service.name == "cascade");
  CHECK(record.service.model == "-+gpt-4.1+-");
  CHECK(record.service.voice.size() == kMaxFieldBytes);
}

TEST_CASE_FIXTURE(Noted, "Troubles, tools and notes are kept up to their bounds [kMaxTroubles, kMaxToolUses, kMaxNotes]") {
  for (std::size_t i = 0; i < kMaxTroubles + 1; ++i) action(TryAgain{Stage::Listen, "x"});
  for (std::size_t i = 0; i < kMaxToolUses + 1; ++i) action(RunTool{{1, "c" + std::to_string(i), "note", "{}"}});
  for (std::size_t i = 0; i < kMaxNotes + 1; ++i) action(NoteLeft{1, "n"});
  const CallRecord record = end();
  CHECK(record.troubles.size() == kMaxTroubles);
  CHECK(record.troubles_left_out == 1);
  CHECK(record.tools.size() == kMaxToolUses);
  CHECK(record.notes.size() == kMaxNotes);
}

TEST_CASE_FIXTURE(Noted, "A record keeps a tool's name and outcome, but not its arguments, and the line of the record has the same data") {
  action(RunTool{{2, "c1", "transfer", R"({"to":"the secret number 4711"})"}});
  action(RunTool{{2, "c2", "note", "{}"}});
  action(ReturnToolOutcome{{2, "c1", "{}", std::nullopt, true}});
  action(ReturnToolOutcome{{2, "c2", "{}", std::nullopt, false}});
  action(NoteLeft{2, "Call back tomorrow."});
  const CallRecord record = end();
  const std::string line = to_line(record, "run");
  CHECK(line.find("4711") == std::string::npos);
  const auto again = parse_record(line);
  REQUIRE(again);
  REQUIRE(again->tools.size() == 2);
  CHECK(again->tools[0].name == "transfer");
  CHECK(again->tools[0].refused);
  CHECK_FALSE(again->tools[0].done);
  CHECK(again->tools[1].done);
  REQUIRE(again->notes.size() == 1);
  CHECK(again->notes[0] == "Call back tomorrow.");
}

TEST_CASE_FIXTURE(Noted, "The line of a record has the last verdict about who answered, and at most kMaxTones tones [kMaxTones]") {
  action(AnsweredBy{{media::Answerer::Human, media::AnswerSign::ShortGreeting, std::chrono::milliseconds(1600)}});
  action(AnsweredBy{{media::Answerer::Machine, media::AnswerSign::Beep, std::chrono::milliseconds(4100)}});
  for (std::size_t i = 0; i < kMaxTones + 1; ++i) action(ToneHeard{media::LineTone::Beep});
  const auto again = parse_record(to_line(end(), "run"));
  REQUIRE(again);
  CHECK(again->answered_by == "machine");
  CHECK(again->answered_by_ms == 4100);
  REQUIRE(again->tones.size() == kMaxTones);
  CHECK(again->tones[0] == "beep");
}

TEST_CASE_FIXTURE(Noted, "At most kMaxTurns turns are kept, and further turns are only counted") {
  for (std::uint32_t turn = 1; turn <= kMaxTurns; ++turn) action(AgentSaid{turn, "a", false});
  CHECK(notes.snapshot().turns.size() == kMaxTurns);
  CHECK(notes.snapshot().turns_left_out == 0);
  action(CallerSaid{kMaxTurns + 1, "b", 1, false, false});
  action(AgentSaid{kMaxTurns + 1, "c", false});
  CHECK(notes.snapshot().turns.size() == kMaxTurns);
  CHECK(notes.snapshot().turns_left_out == 1);
}

TEST_CASE_FIXTURE(Noted, "A record keeps at most kMaxTurnTextBytes of the words of a turn, and at most kMaxCallTextBytes of the words of a call") {
  action(CallerSaid{1, std::string(kMaxTurnTextBytes + 1, 'x'), 1, false, false});
  CHECK(notes.snapshot().turns[0].heard.size() == kMaxTurnTextBytes);
  std::size_t kept = kMaxTurnTextBytes;
  for (std::uint32_t turn = 2; turn <= kMaxTurns; ++turn) {
    action(CallerSaid{turn, std::string(kMaxTurnTextBytes, 'x'), 1, false, false});
    kept += notes.snapshot().turns.back().heard.size();
  }
  CHECK(kept == kMaxCallTextBytes);
}

TEST_CASE("A record keeps an address without its password [RFC 3261 section 19.1.1]") {
  CHECK(kept_uri("sip:alice:s3cret@pbx.example:5060;transport=udp") == "sip:alice@pbx.example:5060;transport=udp");
  CHECK(kept_uri("SIPS:alice:s3c:r@t@pbx.example") == "SIPS:alice@pbx.example");
  CHECK(kept_uri("sip::s3cret@pbx.example") == "sip:@pbx.example");
  for (const auto* plain : {"sip:alice@pbx.example:5060", "sip:pbx.example:5060", "sip:alice@[2001:db8::1]", "tel:+49301", "6001", "",
                            "sip:a@h:5060;x=b@c"})
    CHECK(kept_uri(plain) == plain);
  call::Incoming call;
  call.from.address = call.to.address = call.dialled = "sip:alice:s3cret@pbx.example";
  Noted outgoing;
  outgoing.action(TransferCall{"sip:bob:s3cret@pbx.example"});
  for (const auto& record : {begun(call, "a"), begun("sip:bob:s3cret@pbx.example", "a"), outgoing.end()})
    CHECK(to_line(record, "r").find("s3cret") == std::string::npos);
}

TEST_CASE("Names and words are cut at their bounds, never within a character") {
  call::Incoming call;
  call.from.name = "x" + std::string(kMaxFieldBytes - 2, 'y') + "\xc3\xb6";
  CHECK(begun(call, "a").from.display == "x" + std::string(kMaxFieldBytes - 2, 'y'));
  Noted noted;
  noted.action(CallerSaid{2, std::string(kMaxTurnTextBytes - 1, 'x') + "\xc3\xb6", 1, false, false});
  CHECK(noted.end().turns[0].heard == std::string(kMaxTurnTextBytes - 1, 'x'));
}

TEST_CASE("The words of both sides are redacted before they are cut and kept") {
  KeepOptions keep{true, false, std::make_shared<redaction::Redactor>(*redaction::Redactor::make({}))};
  Noted noted(keep);
  noted.action(CallerSaid{2, "my pin is four seven one one", 1, false, false});
  noted.action(AgentSaid{2, "4 7 1 1, is that right?", false});
  noted.action(CallerSaid{3, std::string(kMaxTurnTextBytes - 2, 'x') + " 4711", 1, false, false});
  const CallRecord record = noted.end();
  CHECK(record.turns[0].heard == "my pin is [digits]");
  CHECK(record.turns[0].said == "[digits], is that right?");
  CHECK(record.turns[1].heard.find_first_of("0123456789") == std::string::npos);
  CHECK(shown_text("call 030 1234567", keep) == "call [digits]");
}

TEST_CASE("With transcripts and digits off, the record's line has no spoken words and no keys") {
  Noted noted({false, false});
  noted.action(CallerSaid{2, "canary", 1, false, false});
  noted.action(AgentSaid{2, "canary", true});
  noted.action(CallerSaid{3, "4711", 1, false, true});
  noted.action(SendDigits{"4711"});
  noted.action(RunTool{{3, "id", "canary says: my pin is 4711", R"({"text":"canary"})"}});
  noted.action(RunTool{{3, "id2", "note", R"({"text":"canary"})"}});
  noted.action(ReturnToolOutcome{{3, "id2", R"({"data":"canary"})", std::nullopt, false}});
  noted.action(TryAgain{Stage::Think, "HTTP 400: invalid value 'canary 4711', expected text"});
  noted.action(ProviderSwitched{Stage::Speak, "one", "two", "cannot say \"canary"});
  const CallRecord record = noted.end();
  for (const std::string& line : {to_line(record, "run"), to_started_line(record, "run")}) {
    CHECK(line.find("canary") == std::string::npos);
    CHECK(line.find("4711") == std::string::npos);
  }
  REQUIRE(record.tools.size() == 2);
  CHECK(record.tools[0].name == "(no name)");
  CHECK(record.tools[1].name == "note");
}

TEST_CASE("The reason of a provider's failure is kept without quoted text and without possible keys") {
  CHECK(kept_failure("HTTP 429: rate limit reached") == "HTTP 429: rate limit reached");
  CHECK(kept_failure("it can't be reached") == "it can't be reached");
  CHECK(kept_failure("Incorrect API key provided: sk-proj-abcdefghijklmnop1234") == "Incorrect API key provided: ***");
  CHECK(kept_failure("unknown field 'secret words' in `more`, \"and open") == "unknown field ... in ..., ...");
  CHECK(kept_failure(std::string(100, 'x') + " y") == "*** y");
  CHECK(kept_failure("answered 400 (INVALID_QUERY_PARAMETER, session.audio.output.voice)") == "answered 400 (INVALID_QUERY_PARAMETER, session.audio.output.voice)");
  const std::string part = std::string(20, 'x') + "_", at_most = part + part + part + "x";  // 64 octets
  CHECK(kept_failure(at_most) == at_most);
  for (const std::string& key : {at_most + "x", std::string(21, 'x') + "_", std::string("sk-proj-abcdefghijklmnop"), part + "7"}) CHECK(kept_failure(key) == "***");
  std::string words;
  while (words.size() <= kMaxFieldBytes) words += "word ";
  CHECK(kept_failure(words).size() == kMaxFieldBytes);
}

TEST_CASE("A tool's name is kept if it is valid and has at most 64 characters") {
  CHECK(kept_tool_name("look_up-2") == "look_up-2");
  CHECK(kept_tool_name(std::string(64, 'a')) == std::string(64, 'a'));
  for (const std::string& name : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a\x1b[2J"), std::string("\xc3\xbc")}) {
    CHECK(kept_tool_name(name) == "(no name)");
  }
}

TEST_CASE("An agent's own setting for transcripts overrides the general setting, whether it turns transcripts on or off") {
  for (const bool kept : {false, true}) {
    Noted noted({!kept, false});
    noted.notes.on_agent("desk", kept);
    noted.action(CallerSaid{2, "hello", 1, false, false});
    CHECK(noted.end().turns[0].heard == (kept ? "hello" : ""));
  }
}

TEST_CASE("The record and its line have the summed use of each service, for at most kMaxServices services [kMaxServices]") {
  Noted noted;
  noted.action(TokensUsed{1, "openai/think", 1200, 1024, 0, 40, 0});
  noted.action(TokensUsed{2, "openai/think", 300, 0, 0, 10, 0});
  ServiceUse spoken{"openai/speak"};
  spoken.characters = 120;
  noted.notes.on_use(spoken);
  ServiceUse heard{"deepgram/live"};
  heard.audio = std::chrono::milliseconds(2500);
  noted.notes.on_use(heard);
  noted.notes.on_use(ServiceUse{"nothing/used"});
  for (std::size_t i = 3; i <= kMaxServices; ++i) {
    ServiceUse more{"more/" + std::to_string(i)};
    more.characters = 1;
    noted.notes.on_use(more);
  }
  const CallRecord record = noted.end();
  REQUIRE(record.uses.size() == kMaxServices);
  CHECK(record.uses[0].input_tokens == 1500);
  CHECK(record.uses.back().service == "more/" + std::to_string(kMaxServices - 1));
  const std::string line = to_line(record, "r");
  CHECK(line.find(R"("usage":[{"service":"openai/think","input_tokens":1500,"cached_input_tokens":1024,"output_tokens":50},{"service":"openai/speak","characters":120},)"
                  R"({"service":"deepgram/live","audio_seconds":2.500})") != std::string::npos);
  const auto read = parse_record(line.substr(0, line.size() - 1));
  REQUIRE(read);
  CHECK(read->uses == record.uses);
}
