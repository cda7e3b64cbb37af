// A conversation whose thread stalls while its provider answers, on virtual time.
#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook_test;
using namespace std::chrono_literals;

namespace {

/// A session whose provider answers when the test calls answer().
class QuietSession final : public VoiceSession {
 public:
  base::TimePoint ticked_at{};
  std::uint32_t turn = 0;  ///< turn of the last request
  std::vector<std::string> spoken;

  void answer(const std::string& text) {
    events_.emplace_back(ReplyText{turn, text});
    events_.emplace_back(ReplyDone{turn});
  }

  void open(const SessionContext&, base::TimePoint) override {}
  void tick(base::TimePoint now) override { ticked_at = now; }
  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return 16'000; }
  void begin_turn(std::uint32_t, std::string_view) override {}
  void feed(std::span<const std::int16_t>) override {}
  void end_turn() override {}
  void abandon_turn() override {}
  void respond(const TurnInput& input) override { turn = input.turn; }
  void on_tool(const ToolOutcome&) override {}
  void cancel(std::uint32_t) override {}
  void on_heard(const HeardReply&) override {}
  void speak(std::uint32_t utterance, std::string_view text) override {
    spoken.emplace_back(text);
    events_.emplace_back(SpeechAudio{utterance, {0, 0}, {{"one", 0}}});
    events_.emplace_back(SpeechDone{utterance});
  }
  void cancel_speech() override {}
  [[nodiscard]] bool try_again(Stage, std::string_view) override { return true; }
  [[nodiscard]] std::optional<SessionEvent> poll() override {
    if (events_.empty()) return std::nullopt;
    SessionEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::deque<SessionEvent> events_;
};

/// A call in which the caller pressed a key, and the thread has stalled for longer than the answer may take.
struct Stalled {
  QuietSession* session = nullptr;
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  int failures = 0;  ///< failures of the answer at its deadline
  base::TimePoint now = base::TimePoint{} + 1h;
  std::unique_ptr<Bridge> bridge;

  Stalled() {
    ConversationOptions options;
    options.filler.clear();
    auto quiet = std::make_unique<QuietSession>();
    session = quiet.get();
    CallControl control{[] {}, [](const std::string&) {}, [](const std::string&) {}, [](bool) {}};
    bridge = std::make_unique<Bridge>(std::move(quiet), nullptr, port, std::move(control),
                                      [this](const ConversationAction& action) { failures += std::holds_alternative<TryAgain>(action); }, options);
    bridge->start({}, now);
    session->answer("Good morning.");
    run(20ms);
    bridge->on_connected(now);
    REQUIRE(session->spoken.size() == 1);
    REQUIRE(port->events.try_push({EventKind::UtteranceSent, 0, 0, 1}));
    run(1s);
    const auto turn = session->turn;
    bridge->on_key('3', now);
    REQUIRE(session->turn == turn + 1);
    run(3s);
    now += options.think_deadline;
  }
  void run(base::Duration duration) {
    for (const auto end = now + duration; now < end;) bridge->tick(now += 10ms);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stalled, "An answer that came while the conversation's thread stalled does not count as late, whichever event the thread handles first") {
  const auto last = session->ticked_at;
  SUBCASE("a tick") { bridge->tick(now); }
  SUBCASE("two events of a part") {
    bridge->on_wake(now);
    bridge->on_wake(now += 50ms);
  }
  SUBCASE("the end of a hold by the caller's side") {
    bridge->on_peer_hold(true, now);
    bridge->on_peer_hold(false, now += 1ms);
  }
  SUBCASE("another person on the line") { bridge->on_other_caller("Anna", now); }
  CHECK(session->ticked_at == last);  // The deadlines of the session wait for the sockets, too.
  session->answer("Certainly.");
  run(20ms);
  CHECK(session->spoken.back() == "Certainly.");
  CHECK(failures == 0);
}

TEST_CASE_FIXTURE(Stalled, "A key that the caller pressed while the conversation's thread stalled causes no check of the deadlines") {
  const auto last = session->ticked_at;
  bridge->on_key('4', now);
  CHECK(session->ticked_at == last);
  CHECK(failures == 0);
}

TEST_CASE_FIXTURE(Stalled, "If an answer has not come when the conversation's thread has read its sockets after a stall, the answer has failed") {
  bridge->on_wake(now);
  for (unsigned tick = 1; tick < DeadlineCheck::kReadingTicks; ++tick) bridge->tick(now += 20ms);
  CHECK(failures == 0);
  bridge->tick(now += 10ms);
  CHECK(failures == 1);
}
