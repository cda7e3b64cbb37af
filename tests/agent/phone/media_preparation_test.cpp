// Calls whose media need time before SDP can describe them: the result of prepare() is an event, and the signalling continues meanwhile.
#include <offhook/tests/agent/phone/raw_caller.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <string>
#include <vector>

using namespace offhook;
using phone::PhoneError;
using namespace std::chrono_literals;
using test::Telephone;

namespace {

using Options = phone::EndpointOptions;

/// Keeps the callbacks of prepare_media. Only the signalling thread uses it.
struct HeldMedia {
  std::vector<phone::MediaReady> waiting;
  std::vector<phone::SectionMedia> sections;

  auto hold_back(base::Duration limit = 1min) {
    return [this, limit](Options& options) {
      options.prepare_limit = limit;
      options.prepare_media = [this](const phone::SectionMedia& section, phone::MediaReady ready) {
        sections.push_back(section);
        waiting.push_back(std::move(ready));
      };
    };
  }
};

/// Anna calls Bert, whose media are held back.
struct HeldAnswer : HeldMedia {
  Telephone a{"anna"}, b;

  explicit HeldAnswer(base::Duration limit = 1min) : b("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, hold_back(limit)) {
    a.dial("bert", b.endpoint->sip_port());
    REQUIRE(b.wait_for<phone::CallOffered>());
  }
  void go_on(const base::Result<void, base::Error>& result = {}) {
    b.on_thread([&] {
      REQUIRE(waiting.size() == 1);
      waiting.front()(result);
    });
  }
  int refusal() {
    REQUIRE(a.wait_for<phone::CallFinished>());
    return a.last<phone::CallFinished>()->details.status;
  }
};

/// Anna's media are held back while she calls Bert.
struct HeldOffer : HeldMedia {
  Telephone a, b{"bert"};

  explicit HeldOffer(base::Duration limit = 1min) : a("anna", {media::AudioCodec::Pcmu}, 1, {}, {}, hold_back(limit)) {
    a.dial("bert", b.endpoint->sip_port());
  }
};

}  // namespace

TEST_CASE("If the handler of an event prepares the media at once, CallPrepared is the next event") {
  std::vector<std::string> order;
  Telephone a("anna"), b("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, [&order](Options& options) {
    options.prepare_media = [&order](const phone::SectionMedia& section, const phone::MediaReady& ready) {
      order.push_back(section.kind);
      ready({});
      ready(base::fail(base::Error{}));  // Only the first result counts.
    };
  });
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(b.wait_for<phone::CallConnected>());
  CHECK(order == std::vector<std::string>{"audio"});
  const std::lock_guard lock(b.mutex);
  CHECK(std::holds_alternative<phone::CallOffered>(b.events.at(0)));
  CHECK(std::holds_alternative<phone::CallPrepared>(b.events.at(1)));
}

TEST_CASE_FIXTURE(HeldAnswer, "A call rings while its media are prepared, and can be answered when they are ready") {
  b.on_thread([&] {
    CHECK(sections.at(0).kind == "audio");
    CHECK(sections.at(0).rtp.port % 2 == 0);
    CHECK(b.call->ring().has_value());
    CHECK(is(b.call->prepare(b.port).error(), PhoneError::WrongState));
    CHECK(is(b.call->set_other_media({}).error(), PhoneError::WrongState));
    CHECK(b.call->state() == phone::Call::State::Offered);
  });
  REQUIRE(a.wait_for<phone::CallRinging>());
  CHECK_FALSE(b.last<phone::CallPrepared>());
  go_on();
  REQUIRE(a.wait_for<phone::CallConnected>());
  REQUIRE(b.wait_for<phone::CallConnected>());
  a.play();
  CHECK(b.hears());
  go_on(base::fail(base::Error{}));  // Only the first result counts.
  CHECK(b.call->state() == phone::Call::State::Connected);
}

TEST_CASE_FIXTURE(HeldAnswer, "A CANCEL ends a call while its media are prepared, and the media have no effect later [RFC 3261 section 9.2]") {
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
  CHECK(b.engine.legs() == 0);
  go_on();
  b.on_thread([&] {
    CHECK(b.endpoint->calls() == 0);
    CHECK_FALSE(b.last<phone::CallPrepared>());
  });
}

TEST_CASE_FIXTURE(HeldAnswer, "The called side can reject a call, or hang up, while its media are prepared") {
  SUBCASE("reject") {
    b.on_thread([&] { CHECK(b.call->reject(603).has_value()); });
    CHECK(refusal() == 603);
  }
  SUBCASE("hang up") {
    b.on_thread([&] { CHECK(b.call->hang_up().has_value()); });
    CHECK(refusal() / 100 == 4);
  }
  REQUIRE(b.wait_for<phone::CallFinished>());
  go_on();
  b.on_thread([&] { CHECK_FALSE(b.last<phone::CallPrepared>()); });
  CHECK(b.engine.legs() == 0);
}

TEST_CASE_FIXTURE(HeldAnswer, "A call whose media cannot be prepared is refused with 503, and an event has the reason") {
  go_on(base::fail(base::Error{"firewall", 7, "the firewall opens no more ports"}));
  CHECK(refusal() == 503);
  CHECK(a.last<phone::CallFinished>()->details.headers.find("Retry-After").has_value());
  REQUIRE(b.wait_for<phone::CallFinished>());
  const auto prepared = b.last<phone::CallPrepared>();
  REQUIRE(prepared);
  REQUIRE_FALSE(prepared->media.has_value());
  CHECK(prepared->media.error().detail == "the firewall opens no more ports");
  CHECK(b.engine.legs() == 0);
}

TEST_CASE("A call whose media are never ready is refused after EndpointOptions::prepare_limit") {
  HeldAnswer held(50ms);
  CHECK(held.refusal() == 503);
  REQUIRE(held.b.wait_for<phone::CallFinished>());
  const auto prepared = held.b.last<phone::CallPrepared>();
  REQUIRE(prepared);
  CHECK(is(prepared->media.error(), PhoneError::NoMedia));
  held.go_on();
  CHECK(held.b.engine.legs() == 0);
}

TEST_CASE("A call without an audio port is refused with 503, and an event has the reason") {
  Telephone a("anna"), b("bert");
  b.port = nullptr;
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.status == 503);
  REQUIRE(b.wait_for<phone::CallPrepared>());
  CHECK(is(b.last<phone::CallPrepared>()->media.error(), PhoneError::NoMedia));
}

TEST_CASE_FIXTURE(HeldAnswer, "If an endpoint ends while the media of a call are prepared, the media have no effect later") {
  const auto call = b.call;
  const auto ready = [&] {
    phone::MediaReady first;
    b.on_thread([&] { first = waiting.at(0); });
    return first;
  }();
  b.endpoint.reset();
  CHECK(b.engine.legs() == 0);
  CHECK(call->state() == phone::Call::State::Ended);
  ready({});
  CHECK_FALSE(b.last<phone::CallPrepared>());
}

TEST_CASE("While the media of a call are prepared, a further offer gets 500 with Retry-After, and a BYE ends the call [RFC 3311 section 5.2, RFC 3261 section 14.2]") {
  HeldMedia held;
  Telephone b("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, held.hold_back());
  test::RawCaller caller(b.endpoint->sip_port());
  caller.send("INVITE", 1, test::RawCaller::kOffer);
  CHECK(caller.receive("INVITE").starts_with("SIP/2.0 100 "));
  REQUIRE(b.wait_for<phone::CallOffered>());
  b.on_thread([&] { CHECK(b.call->ring().has_value()); });
  CHECK(caller.receive("INVITE").starts_with("SIP/2.0 180 "));
  int sequence = 1;
  for (const std::string method : {"UPDATE", "INVITE"}) {
    CAPTURE(method);
    caller.send(method, ++sequence, test::RawCaller::kOffer);
    const std::string refusal = caller.receive(std::to_string(sequence) + " " + method);
    CHECK(refusal.starts_with("SIP/2.0 500 "));
    CHECK(refusal.find("\r\nRetry-After: ") != std::string::npos);
  }
  SUBCASE("the media become ready") {
    b.on_thread([&] { held.waiting.at(0)({}); });
    CHECK(caller.receive("1 INVITE").starts_with("SIP/2.0 200 "));
  }
  SUBCASE("the caller ends the early dialog [RFC 3261 section 15]") {
    caller.send("BYE", ++sequence, "");
    CHECK(caller.receive("BYE").starts_with("SIP/2.0 200 "));
    CHECK(caller.receive("1 INVITE").starts_with("SIP/2.0 487 "));
    REQUIRE(b.wait_for<phone::CallFinished>());
    b.on_thread([&] { held.waiting.at(0)({}); });
    CHECK_FALSE(b.last<phone::CallPrepared>());
  }
}

TEST_CASE_FIXTURE(HeldOffer, "The INVITE of an outgoing call waits for the media of the call, and the call occupies a line meanwhile") {
  a.on_thread([&] {
    CHECK(a.call->state() == phone::Call::State::Dialling);
    CHECK(a.call->id() == sip::SessionId{});
    CHECK(a.endpoint->calls() == 1);
    CHECK(is(a.endpoint->dial({a.account, "sip:bert@127.0.0.1", {}, false}, a.port).error(), PhoneError::Full));
    CHECK(is(a.call->hold().error(), PhoneError::WrongState));
  });
  CHECK_FALSE(b.last<phone::CallOffered>());
  a.on_thread([&] {
    waiting.at(0)({});
    CHECK_FALSE(a.call->id() == sip::SessionId{});
    CHECK(a.endpoint->calls() == 1);
  });
  REQUIRE(a.wait_for<phone::CallConnected>());
  b.play();
  CHECK(a.hears());
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  CHECK(b.wait_for<phone::CallFinished>());
}

TEST_CASE_FIXTURE(HeldOffer, "An outgoing call that is hung up while its media are prepared sends nothing, and ends with an event") {
  a.on_thread([&] {
    CHECK(a.call->hang_up().has_value());
    CHECK_FALSE(a.last<phone::CallFinished>());  // The event follows after this task.
    CHECK(is(a.call->hang_up().error(), PhoneError::WrongState));
  });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
  a.on_thread([&] {
    waiting.at(0)({});
    CHECK(a.endpoint->calls() == 0);
  });
  CHECK(a.engine.legs() == 0);
  b.on_thread([&] { CHECK(b.endpoint->unfinished() == 0); });
  CHECK_FALSE(b.last<phone::CallOffered>());
}

TEST_CASE("An outgoing call whose media are never ready, or fail, ends as unreachable with the reason") {
  struct Row { base::Duration limit; bool fails; const char* reason; };
  for (const Row& row : {Row{1min, true, "no ports"}, Row{50ms, false, "the media of the call were not ready in time"}}) {
    CAPTURE(row.reason);
    HeldOffer held(row.limit);
    if (row.fails) held.a.on_thread([&] { held.waiting.at(0)(base::fail(base::Error{"firewall", 7, row.reason})); });
    REQUIRE(held.a.wait_for<phone::CallFinished>());
    const auto finished = held.a.last<phone::CallFinished>()->details;
    CHECK(finished.why == sip::CallEnded::Why::Unreachable);
    CHECK(finished.by == sip::CallEnded::By::Local);
    CHECK(finished.reason.starts_with(row.reason));
    held.a.on_thread([&] { CHECK(held.a.endpoint->calls() == 0); });
    CHECK(held.a.engine.legs() == 0);
  }
}

TEST_CASE("An outgoing call that cannot begin after its media are ready ends as unreachable with the reason") {
  HeldMedia held;
  Telephone a("anna", {media::AudioCodec::Pcmu}, 1, {}, {}, held.hold_back());
  a.on_thread([&] {
    CHECK(a.endpoint->dial({a.account, "no address", {}, false}, a.port).has_value());
    held.waiting.at(0)({});
  });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.reason.starts_with("the call cannot begin"));
  CHECK(a.engine.legs() == 0);
}

TEST_CASE_FIXTURE(HeldOffer, "If an endpoint ends while the media of an outgoing call are prepared, the call ends and leaves no leg") {
  const auto call = a.call;
  a.endpoint.reset();
  CHECK(a.engine.legs() == 0);
  CHECK(call->state() == phone::Call::State::Ended);
  CHECK(is(call->hang_up().error(), PhoneError::Closed));
  waiting.at(0)({});
}
