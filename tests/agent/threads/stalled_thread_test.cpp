// A whole agent with callers on loopback. One of its conversation threads stalls, as under a debugger, while each thread has a call.
#include "gate.hpp"
#include "simulated_agent.hpp"

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <thread>

using namespace offhook;
using namespace offhook::agent;
using offhook_test::wait_until;

namespace {

constexpr std::size_t kThreads = 3;

/// Keeps the agent's events of each call, by the caller's name.
class Watch {
 public:
  struct Caller {
    int replies = 0, troubles = 0;
    std::set<std::thread::id> threads;  ///< the threads that ran the conversation
  };

  void on_event(const AgentEvent& event) {
    if (const auto* started = std::get_if<CallStarted>(&event)) return on_started(*started);
    const auto* line = std::get_if<CallLine>(&event);
    if (line != nullptr && note(*line)) gate.pass();
  }
  /// Makes the gate block the thread of this caller's call at the caller's next input, before the agent's reply.
  void hold_thread_of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    held_ = name;
  }
  [[nodiscard]] Caller of(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = callers_.find(name);
    return found == callers_.end() ? Caller{} : found->second;
  }

  offhook_test::Gate gate;

 private:
  void on_started(const CallStarted& started) {
    const std::lock_guard lock(mutex_);
    names_[started.call_id] = started.from.substr(4, started.from.find('@') - 4);  // from "sip:anna@127.0.0.1"
  }
  /// Returns true when the gate must block the thread.
  bool note(const CallLine& line) {
    const std::lock_guard lock(mutex_);
    const std::string& name = names_[line.call_id];
    Caller& caller = callers_[name];
    caller.threads.insert(std::this_thread::get_id());
    caller.replies += std::holds_alternative<ReplyBegan>(line.what);
    caller.troubles += std::holds_alternative<TryAgain>(line.what) || std::holds_alternative<ProviderSwitched>(line.what) || std::holds_alternative<GaveUp>(line.what);
    if (name != held_ || !std::holds_alternative<CallerSaid>(line.what)) return false;
    held_.clear();
    return true;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> names_;  // keyed by call id
  std::map<std::string, Caller> callers_;
  std::string held_;
};

AgentOptions agent_options(std::size_t threads) {
  AgentOptions options;
  options.agents = agent::test::simulated_agent();
  options.make_edges = agent::test::simulated_edges;
  options.conversation_threads = threads;
  options.drain_limit = std::chrono::seconds(1);
  options.phone.sip.bind = *base::IpAddress::parse("127.0.0.1");
  options.phone.codecs = {media::AudioCodec::Pcmu};
  options.media.workers = 1;
  options.account.address_of_record = "sip:6001@127.0.0.1";
  options.account.registrar = "sip:127.0.0.1";
  options.account.registers = false;
  options.account.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  return options;
}

/// The agent and its callers.
struct Office {
  Watch watch;
  std::unique_ptr<Agent> agent;
  std::map<std::string, std::unique_ptr<offhook::test::Telephone>> telephones;

  explicit Office(std::size_t threads = kThreads) {
    auto started = Agent::start(agent_options(threads), [this](const AgentEvent& event) { watch.on_event(event); });
    REQUIRE_MESSAGE(started, started.error().detail);
    agent = std::move(*started);
  }
  ~Office() { watch.gate.open(); }  // The destructor of the agent waits for its threads.

  offhook::test::Telephone& dial(const std::string& name) {
    auto& telephone = telephones[name];
    telephone = std::make_unique<offhook::test::Telephone>(name);
    telephone->dial("6001", agent->sip_port());
    return *telephone;
  }
  /// Calls the agent, and waits for the greeting.
  void call(const std::string& name) {
    auto* telephone = &dial(name);
    CAPTURE(name);
    REQUIRE(telephone->wait_for<phone::CallConnected>());
    REQUIRE(telephone->hears());
    REQUIRE(wait_until([&] { return watch.of(name).replies == 1; }));
  }
  void press_key(const std::string& name) {
    for (const char key : {'1', '#'}) REQUIRE(telephones[name]->port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, key}));
  }
  /// Runs a turn: the caller presses a key, and the agent replies.
  void hold_turn(const std::string& name) {
    const int before = watch.of(name).replies;
    press_key(name);
    CAPTURE(name);
    REQUIRE(wait_until([&] { return watch.of(name).replies > before; }));
  }
  /// Returns true if this telephone receives this many frames from now on.
  [[nodiscard]] bool receives(const std::string& name, int frames) {
    auto& heard = telephones[name]->port->heard;
    media::HeardFrame frame;
    while (heard.try_pop(frame)) continue;
    return wait_until([&] {
      while (heard.try_pop(frame)) frames -= frame.concealed ? 0 : 1;
      return frames <= 0;
    });
  }
  /// Blocks the thread of this caller's call at its next turn, until watch.gate opens.
  void hold_thread_of(const std::string& name) {
    watch.hold_thread_of(name);
    press_key(name);
    REQUIRE(watch.gate.wait_until_held());
  }
  [[nodiscard]] bool shows(const std::string& line) const { return agent->metrics().find(line) != std::string::npos; }
  [[nodiscard]] std::thread::id thread_of(const std::string& name) const {
    const auto threads = watch.of(name).threads;
    CAPTURE(name);
    REQUIRE(threads.size() == 1);
    return *threads.begin();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Office, "If a conversation thread stalls, other threads continue their calls and get the new calls. The calls of the stalled thread resume later") {
  for (const char* name : {"anna", "bert", "cora"}) {
    call(name);
    hold_turn(name);
  }
  REQUIRE(std::set{thread_of("anna"), thread_of("bert"), thread_of("cora")}.size() == kThreads);

  hold_thread_of("anna");
  for (int turn = 0; turn < 3; ++turn) {
    hold_turn("bert");
    hold_turn("cora");
  }
  CHECK(receives("anna", 50));  // The frames are silence, sent as RTP.
  CHECK(wait_until([&] { return shows("offhook_conversation_threads_stalled 1\n"); }));
  for (const char* name : {"dora", "emil", "fred", "gina"}) {
    call(name);
    hold_turn(name);
    CHECK(thread_of(name) != thread_of("anna"));
  }

  const int before = watch.of("anna").replies;
  watch.gate.open();
  CHECK(wait_until([&] { return watch.of("anna").replies > before; }));  // The reply answers the key that the caller pressed before.
  hold_turn("anna");
  CHECK(wait_until([&] { return shows("offhook_conversation_threads_stalled 0\n"); }));
  for (const auto& [name, telephone] : telephones) {
    CAPTURE(name);
    CHECK(watch.of(name).troubles == 0);
    CHECK_FALSE(telephone->last<phone::CallFinished>());
  }
}

TEST_CASE("The destructor of Agent ends even if a call waits for a thread that was blocked until then") {
  Office office(1);
  office.call("anna");
  office.hold_thread_of("anna");
  office.dial("bert");  // There is no other thread.
  CHECK(wait_until([&] { return office.agent->calls() == 2; }));
}

TEST_CASE("A caller can hang up while the thread of the call is blocked") {
  Office office(1);
  office.call("anna");
  office.hold_thread_of("anna");
  auto& anna = *office.telephones["anna"];
  anna.on_thread([&anna] { CHECK(anna.call->hang_up().has_value()); });
  CHECK(anna.wait_for<phone::CallFinished>());
  CHECK(wait_until([&] { return office.agent->calls() == 0; }));
}

TEST_CASE("An agent that stops hangs up the calls of a blocked thread") {
  Office office(1);
  office.call("anna");
  office.hold_thread_of("anna");
  office.dial("bert");  // There is no other thread, so this call has no conversation yet.
  REQUIRE(wait_until([&] { return office.agent->calls() == 2; }));
  SUBCASE("at once") { office.agent->cut_calls(); }
  SUBCASE("after the limit of a drain") { office.agent->drain(); }
  CHECK(office.telephones["anna"]->wait_for<phone::CallFinished>());
  CHECK(office.telephones["bert"]->wait_for<phone::CallFinished>());
  CHECK(wait_until([&] { return office.agent->calls() == 0; }));
}
