#include "agent_line.hpp"

using namespace offhook::test;

namespace {

/// A requested reply in AgentReplies alone. Messages to the server go to a list, because there is no socket.
struct Replying {
  AgentWire wire;
  AgentCoreEvents events;
  AgentCounters counters;
  AgentReplies replies{wire, events, counters, AudioFormat::Pcmu};
  offhook::base::TimePoint now{};

  Replying() {
    wire.ready = true;
    ask(1);
  }
  void ask(std::uint32_t turn) { replies.respond({turn, TurnInput::Kind::Digits, "1", 1, false}, {}, now); }
  template <class Event>
  std::size_t count() {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const auto& e) { return std::holds_alternative<Event>(e); }));
  }
  std::size_t octets() {
    std::size_t sum = 0;
    for (const auto& event : events) {
      if (const auto* audio = std::get_if<ItemAudio>(&event)) sum += audio->octets.size();
    }
    return sum;
  }
  void asks(std::size_t first, std::size_t count) {
    std::vector<FunctionAsked> functions;
    for (std::size_t i = 0; i < count; ++i) functions.push_back({"f" + std::to_string(first + i), "n", "{}"});
    replies.on_functions(functions, now);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Replying, "AgentReplies accepts at most kMaxSeconds of audio for a reply, and drops more") {
  const std::string second(8000, '\x55');
  for (std::size_t i = 0; i < ReplyLedger::kMaxSeconds; ++i) replies.on_audio(second, now);
  CHECK(octets() == ReplyLedger::kMaxSeconds * 8000);
  CHECK(counters.audio_dropped == 0);
  replies.on_audio("x", now);
  CHECK(octets() == ReplyLedger::kMaxSeconds * 8000);
  CHECK(counters.audio_dropped == 1);
  CHECK(replies.is_consistent());
}

TEST_CASE_FIXTURE(Replying, "AgentReplies accepts at most kMaxText octets of words for a reply, and drops more") {
  replies.on_agent_text(std::string(ReplyLedger::kMaxText, 'a'), now);
  CHECK(counters.text_dropped == 0);
  replies.on_agent_text("b", now);
  CHECK(counters.text_dropped == 1);
  CHECK(count<ItemText>() == 1);
}

TEST_CASE_FIXTURE(Replying, "AgentReplies refuses a function while kMaxOpenCalls functions wait for results, and does not call a waiting function again") {
  asks(0, AgentReplies::kMaxOpenCalls);
  CHECK(count<CallAsked>() == AgentReplies::kMaxOpenCalls);
  CHECK(counters.calls_dropped == 0);
  wire.out.clear();
  asks(AgentReplies::kMaxOpenCalls, 1);
  CHECK(count<CallAsked>() == AgentReplies::kMaxOpenCalls);
  CHECK(counters.calls_dropped == 1);
  REQUIRE(wire.out.size() == 1);
  CHECK(json::parse(wire.out.back().bytes)["type"] == "FunctionCallResponse");
  asks(0, 1);
  CHECK(count<CallAsked>() == AgentReplies::kMaxOpenCalls);
  CHECK(wire.out.size() == 1);
}

TEST_CASE_FIXTURE(Replying, "AgentReplies sends at most kMaxOutput octets of a function's result") {
  const auto told = [this](std::size_t octets) {
    asks(octets, 1);
    wire.out.clear();
    (void)replies.on_tool({1, "f" + std::to_string(octets), std::string(octets, 'r'), {}, false}, now);
    return json::parse(wire.out.back().bytes)["content"].get<std::string>().size();
  };
  CHECK(told(AgentReplies::kMaxOutput) == AgentReplies::kMaxOutput);
  CHECK(told(AgentReplies::kMaxOutput + 1) == AgentReplies::kMaxOutput);
}

TEST_CASE("Before respond(), AgentReplies keeps at most kMaxPending messages and kMaxPendingOctets octets of audio") {
  const auto heard = [](std::size_t messages, std::size_t octets) {
    Replying line;
    line.replies.cancel(1, line.now);
    line.replies.on_turn_taken(line.now);
    for (std::size_t i = 0; i < messages; ++i) line.replies.on_audio(std::string(octets, 'x'), line.now);
    CHECK(line.replies.is_consistent());
    line.replies.respond({2, TurnInput::Kind::Speech, {}, 1, false}, "words", line.now);
    CHECK(line.replies.is_consistent());
    return line.octets();
  };
  CHECK(heard(AgentReplies::kMaxPending, 1) == AgentReplies::kMaxPending);
  CHECK(heard(AgentReplies::kMaxPending + 1, 1) == AgentReplies::kMaxPending);
  CHECK(heard(4, AgentReplies::kMaxPendingOctets / 4) == AgentReplies::kMaxPendingOctets);
  CHECK(heard(5, AgentReplies::kMaxPendingOctets / 4) == AgentReplies::kMaxPendingOctets);
}

TEST_CASE("AgentReplies recognises echoes of the last kMaxEchoes texts of Offhook, and forgets older texts") {
  Replying line;
  const auto ask = [&line](std::size_t i) {
    line.replies.cancel(static_cast<std::uint32_t>(i), line.now);
    line.replies.on_audio_done(line.now);
    line.replies.respond({static_cast<std::uint32_t>(i + 1), TurnInput::Kind::Digits, std::to_string(i + 1), 1, false}, {}, line.now);
  };
  for (std::size_t i = 1; i < AgentReplies::kMaxEchoes; ++i) ask(i);
  CHECK(line.replies.take_echo("[The caller pressed the keys 1]"));
  ask(AgentReplies::kMaxEchoes);
  ask(AgentReplies::kMaxEchoes + 1);
  CHECK_FALSE(line.replies.take_echo("[The caller pressed the keys 2]"));
  CHECK(line.replies.take_echo("[The caller pressed the keys 3]"));
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession adds notes to the prompt up to kMaxPrompt octets, and drops further notes") {
  context.prompt = std::string(kMaxPrompt - 700, 'p');  // The session adds its own text to this prompt.
  open_and_apply();
  sent();
  std::size_t notes = 0;
  for (; session->counters().notes_dropped == 0; ++notes) session->on_heard({1, std::string(100, 'w'), false, 0, {}});
  CHECK(notes > 1);
  const std::string told = sent();
  const auto count = [&told](const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = told.find(word); at != std::string::npos; at = told.find(word, at + 1)) ++found;
    return found;
  };
  CHECK(count("UpdatePrompt") == notes - 1);
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession tells the model at most kMaxNote octets of the words that the caller heard") {
  open_and_apply();
  sent();
  session->on_heard({1, std::string(AgentProtocol::kMaxNote, 'w'), false, 0, {}});
  CHECK(sent().find(std::string(AgentProtocol::kMaxNote, 'w') + '"') != std::string::npos);
  session->on_heard({1, std::string(AgentProtocol::kMaxNote + 1, 'w'), false, 0, {}});
  CHECK(sent().find(std::string(AgentProtocol::kMaxNote, 'w') + '"') != std::string::npos);
}
