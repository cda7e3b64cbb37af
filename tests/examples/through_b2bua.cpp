// Tests calls between two telephones through examples/b2bua. The environment variable B2BUA names the program.
#include <offhook/bench/process.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace offhook;
using test::Telephone;

namespace {

struct Through {
  Telephone a{"anna"}, b{"bert"};
  std::filesystem::path log = std::filesystem::temp_directory_path() / ("b2bua-" + std::to_string(::getpid()));
  bench::Process b2bua;

  static const char* program() {
    const char* name = std::getenv("B2BUA");
    REQUIRE_MESSAGE(name != nullptr, "B2BUA names no program");
    return name;
  }
  Through() : b2bua({program(), "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port()), "127.0.0.1"}, log.string()) {}
  ~Through() { std::filesystem::remove(log); }

  std::string said() const {
    std::ifstream file(log);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool says(const std::string& text) const {
    return offhook_test::wait_until([&] { return said().find(text) != std::string::npos; });
  }
  void dial(sip::HeaderList headers = {}) {
    const std::string listening = "listening on port ";
    REQUIRE(says("\n"));
    const auto port = said().substr(said().find(listening) + listening.size());
    a.on_thread([&] {
      auto dialled = a.endpoint->dial({a.account, "sip:b2bua@127.0.0.1:" + port.substr(0, port.find('\n')), std::move(headers), false}, a.port);
      REQUIRE(dialled.has_value());
      a.call = *dialled;
    });
    REQUIRE(b.wait_for<phone::CallOffered>());
  }
  void ring() {
    b.answers = false;
    dial();
  }
  void connect(sip::HeaderList headers = {}) {
    dial(std::move(headers));
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
    REQUIRE(says("audio passes through\naudio passes through\n"));  // Both legs have received their ACK.
  }
  static bool hears(Telephone& from, Telephone& to) {
    from.play();
    return to.hears();
  }
  /// Repeats the command until the call allows it. The call allows it after the ACK of the previous offer.
  static void puts_on_hold(Telephone& one, Telephone& other, bool on_hold) {
    REQUIRE(offhook_test::wait_until([&] {
      bool asked = false;
      one.on_thread([&] { asked = (on_hold ? one.call->hold() : one.call->resume()).has_value(); });
      return asked;
    }));
    REQUIRE(one.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.receives != on_hold; }));
    REQUIRE(other.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.sends != on_hold; }));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Through, "b2bua passes audio in both directions and the users' own header fields, and ends the caller's call when the called side hangs up") {
  connect({{"X-Ticket", "4711"}, {"Subject", "lunch"}});
  const auto offered = b.last<phone::CallOffered>()->details;
  CHECK(offered.headers.find("X-Ticket") == "4711");
  CHECK(offered.headers.find("Subject") == "lunch");
  CHECK(hears(a, b));
  CHECK(hears(b, a));
  b.on_thread([&] { CHECK(b.call->hang_up({{{"X-Why", "done"}}, sip::Reason{"SIP", 200, "bye"}}).has_value()); });
  REQUIRE(a.wait_for<phone::CallFinished>());
  const auto finished = a.last<phone::CallFinished>()->details;
  CHECK(finished.by == sip::CallEnded::By::Remote);
  CHECK(finished.headers.find("X-Why") == "done");
  CHECK(finished.reasons.size() == 1);
}

TEST_CASE_FIXTURE(Through, "b2bua passes hold and resume from either side to the other side, and audio flows again afterwards") {
  connect();
  for (const bool on_hold : {true, false}) puts_on_hold(a, b, on_hold);
  for (const bool on_hold : {true, false}) puts_on_hold(b, a, on_hold);
  CHECK(hears(a, b));
  CHECK(hears(b, a));
}

TEST_CASE_FIXTURE(Through, "b2bua passes early media to the caller, and the same media continue after the answer") {
  ring();
  b.on_thread([&] { CHECK(b.call->progress(*b.prepared, {{"X-Place", "1"}}).has_value()); });
  REQUIRE(a.wait_for<phone::CallRinging>([](const auto& e) { return e.status == 183 && e.early_media; }));
  CHECK(a.last<phone::CallRinging>()->details.headers.find("X-Place") == "1");
  CHECK(hears(b, a));
  b.on_thread([&] { CHECK(b.call->answer(std::move(*b.prepared)).has_value()); });
  REQUIRE(a.wait_for<phone::CallConnected>());
  CHECK(hears(a, b));
}

TEST_CASE_FIXTURE(Through, "b2bua passes a refusal of the called side, with its Retry-After, to the caller") {
  ring();
  b.on_thread([&] { CHECK(b.call->ring({}, 182).has_value()); });
  REQUIRE(a.wait_for<phone::CallRinging>([](const auto& e) { return e.status == 182; }));
  b.on_thread([&] { CHECK(b.call->reject(486, {{"Retry-After", "60"}}).has_value()); });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.status == 486);
  CHECK(a.last<phone::CallFinished>()->details.headers.find("Retry-After") == "60");
}

TEST_CASE_FIXTURE(Through, "b2bua passes a redirection of the called side, with its target, to the caller") {
  ring();
  b.on_thread([&] { CHECK(b.call->redirect({"sip:desk@192.0.2.7"}).has_value()); });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.contacts == std::vector<std::string>{"sip:desk@192.0.2.7"});
}

TEST_CASE_FIXTURE(Through, "b2bua cancels the call to the called side when the caller gives up") {
  ring();
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
}

TEST_CASE_FIXTURE(Through, "b2bua passes the identity of a new user on one side to the other side") {
  connect();
  b.on_thread([&] { CHECK(b.call->identify({"sip:bea@127.0.0.1", "Bea"}).has_value()); });
  REQUIRE(a.wait_for<phone::CallPeerChanged>());
  CHECK(a.last<phone::CallPeerChanged>()->details.from == sip::Party{"sip:bea@127.0.0.1", "Bea"});
}

TEST_CASE_FIXTURE(Through, "b2bua ends its established calls when a signal stops it") {
  connect();
  b2bua.terminate();
  REQUIRE(a.wait_for<phone::CallFinished>());
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b2bua.wait() == 0);
}
