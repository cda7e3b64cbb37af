// Calls of an agent over legs without SIP and RTP: conversation, record and metrics need only the interface of agent/call.
#include "foreign_legs.hpp"
#include "simulated_agent.hpp"

#include <offhook/agent/app/agent_calls.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using agent::test::ForeignLeg;
using offhook_test::wait_until;

namespace {

FactoryOptions with_pool() {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>();
  return options;
}

/// The calls of an agent on a ForeignNetwork, with the parts that they share.
struct ForeignOffice {
  offhook::test::Folder folder;
  AgentOptions options;
  std::shared_ptr<const AgentDirectory> agents = agent::test::simulated_agent();
  std::shared_ptr<SessionFactory> factory = std::make_shared<SessionFactory>(with_pool());
  std::unique_ptr<transcripts::TranscriptRegistry> transcripts = *transcripts::TranscriptRegistry::open({});
  std::shared_ptr<recordings::RecordingStore> recordings = *recordings::RecordingStore::open({});
  std::unique_ptr<records::CallRecordStore> records;
  std::unique_ptr<CallThreads> threads = std::make_unique<CallThreads>(1, agent::test::simulated_edges);
  Metrics metrics;
  std::atomic<bool> draining{false};
  std::atomic<int> replies{0}, ended{0};
  std::mutex mutex;
  std::vector<records::CallRecord> stored;
  std::string last_id;  // of the newest call; used on the thread of the network only
  std::unique_ptr<AgentCalls> calls;
  agent::test::ForeignNetwork network{[this](call::Event event) { calls->on_event(std::move(event)); }};

  ForeignOffice() {
    REQUIRE(factory->adopt(*agents));
    options.agents = agents;
    options.account.address_of_record = "desk:1";
    options.records.writer.journal.folder = folder.path;
    options.records.keep = {true, true};
    records = *records::CallRecordStore::open(options.records, [this](const records::CallRecord& record) {
      const std::lock_guard lock(mutex);
      stored.push_back(record);
    });
    calls = std::make_unique<AgentCalls>(CallServices{options, factory, *records, *transcripts, [this] { return recordings; }, [this] { return agents; }, *threads, metrics, draining,
                                                      [this](const AgentEvent& event) { on_event(event); }},
                                         network, [this] { ++ended; });
  }
  ~ForeignOffice() {
    network.stop();
    calls->cut_off();
    threads.reset();
    records.reset();
    calls.reset();
  }

  void on_event(const AgentEvent& event) {
    if (const auto* started = std::get_if<CallStarted>(&event)) last_id = started->call_id;  // on the thread of the network
    const auto* line = std::get_if<CallLine>(&event);
    if (line != nullptr && std::holds_alternative<ReplyBegan>(line->what)) ++replies;
  }
  template <class Task>
  void on_thread(Task task) {
    std::promise<void> done;
    network.post([&] {
      task();
      done.set_value();
    });
    done.get_future().get();
  }
  template <class Condition>
  [[nodiscard]] bool wait_on_thread(Condition condition) {
    return wait_until([&] {
      bool holds = false;
      on_thread([&] { holds = condition(); });
      return holds;
    });
  }
  [[nodiscard]] records::CallRecord record() {
    REQUIRE(wait_until([this] {
      const std::lock_guard lock(mutex);
      return !stored.empty();
    }));
    const std::lock_guard lock(mutex);
    return stored.front();
  }
  /// Offers the agent a call from "desk:7". Returns the leg of the call.
  std::shared_ptr<ForeignLeg> offer() {
    std::shared_ptr<ForeignLeg> leg;
    on_thread([&] {
      leg = network.make_leg(false);
      call::Incoming incoming{leg->name(), {"desk:7", "Bea", "7"}, {"desk:1", {}, "1"}, {"desk:7", "Bea", "7"}, true};
      incoming.dialled = "desk:1";
      incoming.source = "the third floor";
      calls->on_event(call::Offered{leg, incoming});
    });
    return leg;
  }
};

}  // namespace

TEST_CASE_FIXTURE(ForeignOffice, "An agent answers a call that is not SIP, talks with the caller, and stores the record") {
  const auto leg = offer();
  CHECK(wait_on_thread([&] { return leg->has_rung && leg->has_heard_agent; }));
  REQUIRE(wait_until([this] { return replies == 1; }));
  on_thread([&] {
    for (const char key : {'4', '2', '#'}) leg->press(key);
  });
  REQUIRE(wait_until([this] { return replies == 2; }));
  on_thread([&] { leg->finish({call::Ended::By::Peer, call::Ended::Cause::HungUp, {}, "the receiver is down"}); });
  const records::CallRecord record = this->record();
  CHECK(record.sip_call_id == "leg-1");
  CHECK_FALSE(record.outgoing);
  CHECK(record.from.uri == "desk:7");
  CHECK(record.from.display == "Bea");
  CHECK(record.dialled == "desk:1");
  CHECK(record.source == "the third floor");
  CHECK(record.answered_at.has_value());
  CHECK(record.service.name == "openai/realtime");
  CHECK(record.digits_received == "42");
  CHECK(record.turns.size() >= 2);
  CHECK(record.ending.by == records::Ending::By::Caller);
  CHECK(record.ending.cause == "hung up");
  CHECK(record.ending.reason == "the receiver is down");
  CHECK(calls->count() == 0);
  CHECK(ended == 1);
  CHECK(metrics.page({}).find(R"(offhook_calls_total{direction="in",outcome="answered"} 1)") != std::string::npos);
}

TEST_CASE_FIXTURE(ForeignOffice, "An agent ends a call that is not SIP, and the record has the agent's reason") {
  const auto leg = offer();
  REQUIRE(wait_on_thread([&] { return leg->has_heard_agent; }));
  on_thread([this] { calls->close(); });
  const records::CallRecord record = this->record();
  CHECK(record.ending.by == records::Ending::By::Agent);
  CHECK(record.ending.cause == "shutdown");
}

TEST_CASE_FIXTURE(ForeignOffice, "A text goes to the peer of the call with that id, and to no other peer") {
  const auto first = offer(), second = offer();
  REQUIRE(wait_on_thread([&] { return calls->count() == 2 && second->has_heard_agent; }));
  on_thread([&] {
    calls->send_text(last_id, "hello", "text/plain");
    calls->send_text(last_id + "x", "astray", "text/plain");
    calls->send_text("", "astray", "text/plain");
    CHECK(first->texts.empty());
    CHECK(second->texts == std::vector<std::string>{"text/plain: hello"});
    second->finish({call::Ended::By::Peer, call::Ended::Cause::HungUp, {}, {}});
    calls->send_text(last_id, "too late", "text/plain");
    CHECK(second->texts.size() == 1);
  });
}

TEST_CASE_FIXTURE(ForeignOffice, "If the peer refuses a call in the words of another protocol, the record and the metrics have the cause") {
  on_thread([this] {
    calls->dial("desk:9", MachinePolicy::Ignore);
    network.legs.front()->finish({call::Ended::By::Peer, call::Ended::Cause::Busy, "line-in-use", "the line is in use"});
  });
  const records::CallRecord record = this->record();
  CHECK(record.outgoing);
  CHECK(record.dialled == "desk:9");
  CHECK(record.ending.by == records::Ending::By::Called);
  CHECK(record.ending.cause == "refused line-in-use");
  CHECK(record.ending.status == 0);
  CHECK(metrics.page({}).find(R"(offhook_calls_total{direction="out",outcome="busy"} 1)") != std::string::npos);
}
