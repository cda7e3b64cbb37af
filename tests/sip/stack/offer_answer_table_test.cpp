#include <offhook/tests/sip/stack/early_dialogs.hpp>

#include <functional>

// Tests of which messages may have an offer or an answer at which time. Each row of RFC 6337 tables 1, 3 and 4 has one row here,
// in both roles. A row's name begins with the number of the RFC's row. "our" means the agent's, "their" means the peer's.
using namespace offhook;
using namespace offhook::sim;

namespace {

struct Table : EarlyDialogs {
  /// Establishes a call. The agent is the caller if `we_called`, otherwise the peer is the caller.
  void up(bool we_called = false) {
    if (we_called) {
      dial();
      answered("a", "answer", kUpdates);
      take("ACK ");
      peer_tag = "a";
    } else {
      talk(with(kSupports, kUpdates));
    }
    sent.clear();
    events.clear();
  }
  std::string peer_tag = "peer";
  int next_cseq = 20;
  std::string theirs(const std::string& method, const std::string& content = "theirs") {
    receive(in_dialog(method, next_cseq++, our_tag, content, {}, peer_tag));
    return take("SIP/2.0 ");
  }
  /// Sends a request of the peer. Returns the status of the first response other than 100, or 0 if the response waits for the
  /// application.
  int status_of(const std::string& method, const std::string& content = "theirs") {
    std::string got = theirs(method, content);
    if (got.starts_with("SIP/2.0 100")) got = take("SIP/2.0 ");
    return got.empty() ? 0 : std::stoi(got.substr(8, 3));
  }
  void accept() {
    REQUIRE(event<sip::OfferReceived>());
    REQUIRE(stack.calls().accept_offer(session, kFine, now));
    drain();
  }
  bool offers(sip::Method method) {
    const sip::Body ours{"application/sdp", "ours"};
    const bool done = method == sip::Method::Update ? stack.calls().update(session, ours, now).has_value()
                                                    : stack.calls().offer(session, ours, now).has_value();
    drain();
    return done;
  }
};

struct Row {
  const char* name;
  std::function<void(Table&)> run;
};

void run(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Table table;
    row.run(table);
  }
}

}  // namespace

TEST_CASE("Patterns 1 to 4 of an initial offer and answer work in both roles, and no other pattern [RFC 6337 section 2.2]") {
  run({{"1: our INVITE, their 2xx",
        [](Table& t) {
          t.dial();
          t.answered("a", "answer");
          CHECK(t.event<sip::CallAnswered>()->body.data == "answer");
          CHECK(body(t.take("ACK ")).empty());
        }},
       {"1: their INVITE, our 2xx",
        [](Table& t) {
          t.ring_in({});
          REQUIRE(t.stack.calls().answer(t.session, kAnswer, t.now));
          t.drain();
          CHECK(body(t.take("SIP/2.0 200")) == "answer");
        }},
       {"2: their 2xx, our ACK",
        [](Table& t) {
          t.dial("");
          t.answered("a", "their offer");
          CHECK(t.event<sip::CallAnswered>()->is_offer);
          CHECK(t.take("ACK ").empty());
          REQUIRE(t.stack.calls().accept_offer(t.session, kFine, t.now));
          t.drain();
          CHECK(body(t.take("ACK ")) == "fine");
        }},
       {"2: our 2xx, their ACK",
        [](Table& t) {
          t.ring_in({}, "");
          REQUIRE(t.stack.calls().answer(t.session, {"application/sdp", "our offer"}, t.now));
          t.drain();
          const std::string ok = t.take("SIP/2.0 200");
          CHECK(body(ok) == "our offer");
          t.receive(t.in_dialog("ACK", 1, tag_of(header(ok, "To")), "their answer"));
          CHECK(t.event<sip::CallConfirmed>()->body.data == "their answer");
        }},
       {"3: our INVITE, their reliable 1xx; the 2xx has no description",
        [](Table& t) {
          t.dial();
          t.reliable(10, "a", "answer");
          CHECK(t.event<sip::CallProgress>()->body.data == "answer");
          t.answered("a");
          CHECK(t.event<sip::CallAnswered>()->body.data == "answer");
        }},
       {"3: their INVITE, our reliable 1xx; the 2xx has no description",
        [](Table& t) {
          t.agree_as_called();
          REQUIRE(t.stack.calls().answer(t.session, kAnswer, t.now));
          t.drain();
          CHECK(body(t.take("SIP/2.0 200")).empty());
        }},
       {"4: their reliable 1xx, our PRACK",
        [](Table& t) {
          t.dial("");
          t.reliable(10, "a", "their offer");
          CHECK(t.take("PRACK ").empty());
          t.accept();
          CHECK(body(t.take("PRACK ")) == "fine");
        }},
       {"4: our reliable 1xx, their PRACK",
        [](Table& t) {
          t.ring_in(kRequires, "");
          REQUIRE(t.stack.calls().progress(t.session, kEarly, t.now));
          CHECK(body(t.sent_reliable()) == "early");
          t.prack(2, "their answer");
          CHECK(t.event<sip::OfferAnswered>()->answer.data == "their answer");
        }},
       {"5: their PRACK may not have an offer while the offer in their INVITE has no answer",
        [](Table& t) {
          t.ring_in(kRequires);
          REQUIRE(t.stack.calls().ring(t.session, t.now));
          t.sent_reliable();
          t.prack(2, "theirs");
          CHECK(!t.take("SIP/2.0 488").empty());
          CHECK_FALSE(t.event<sip::OfferReceived>());
        }},
       {"6: their UPDATE may not have an offer before our answer; they are the caller",
        [](Table& t) {
          t.ring_in(kSupports);
          REQUIRE(t.stack.calls().ring(t.session, t.now));
          t.drain();
          t.our_tag = tag_of(header(t.take("SIP/2.0 180"), "To"));
          CHECK(t.status_of("UPDATE") == 500);
        }},
       {"6: our UPDATE may not have an offer before a reliable answer; we are the caller",
        [](Table& t) {
          t.dial();
          t.receive(Scripted::response(t.first, 183, "a", "answer", kUpdates));
          CHECK_FALSE(t.offers(sip::Method::Update));
        }}});
}

TEST_CASE("In an early dialog PRACK and UPDATE may carry offers; INVITE and its responses may not [RFC 6337 section 3.2]") {
  run({{"1, 3: we may not send an INVITE; they are the caller", [](Table& t) { t.agree_as_called(); CHECK_FALSE(t.offers(sip::Method::Invite)); }},
       {"1, 3: we may not send an INVITE; we are the caller", [](Table& t) { t.dial(); t.agree(); CHECK_FALSE(t.offers(sip::Method::Invite)); }},
       {"1, 3: they may not send an INVITE; we are the caller",
        [](Table& t) { t.dial(); t.agree(); t.peer_tag = "a"; CHECK(t.status_of("INVITE") == 491); }},
       {"1, 3: they may not send an INVITE; they are the caller",
        [](Table& t) { t.agree_as_called(); CHECK(t.status_of("INVITE") == 500); }},
       {"3, 4: our second reliable 1xx has no description",
        [](Table& t) {
          t.agree_as_called();
          REQUIRE(t.stack.calls().progress(t.session, kFine, t.now));
          t.drain();
          CHECK(body(t.take("SIP/2.0 183")).empty());
        }},
       {"3, 4: we ignore the description in their second reliable 1xx",
        [](Table& t) {
          t.dial();
          t.agree();
          t.reliable(11, "a", "another");
          CHECK(t.event<sip::CallProgress>()->body.empty());
        }},
       {"5: their PRACK, our 2xx to it",
        [](Table& t) {
          t.ring_in(kSupports);
          REQUIRE(t.stack.calls().progress(t.session, kEarly, t.now));
          t.sent_reliable();
          t.prack(2, "theirs");
          t.accept();
          CHECK(body(t.take("SIP/2.0 200")) == "fine");
        }},
       {"6: our UPDATE; we are the caller",
        [](Table& t) { t.dial(); t.agree(); CHECK(t.offers(sip::Method::Update)); CHECK(t.count("UPDATE ") == 1); }},
       {"6: our UPDATE; they are the caller",
        [](Table& t) { t.agree_as_called(); CHECK(t.offers(sip::Method::Update)); CHECK(t.count("UPDATE ") == 1); }},
       {"6: their UPDATE; we are the caller",
        [](Table& t) {
          t.dial();
          t.agree();
          t.peer_tag = "a";
          CHECK(t.status_of("UPDATE") == 0);
          t.accept();
          CHECK(body(t.take("SIP/2.0 200")) == "fine");
        }},
       {"6: their UPDATE; they are the caller", [](Table& t) {
          t.agree_as_called();
          CHECK(t.status_of("UPDATE") == 0);
          t.accept();
          CHECK(body(t.take("SIP/2.0 200")) == "fine");
        }}});
}

TEST_CASE("In an established call INVITE and UPDATE may carry offers, in both roles [RFC 6337 section 3.3]") {
  for (const bool we_called : {false, true}) {
    CAPTURE(we_called);
    run({{"1: our re-INVITE, their 2xx",
          [=](Table& t) {
            t.up(we_called);
            REQUIRE(t.offers(sip::Method::Invite));
            t.receive(Scripted::response(t.take("INVITE "), 200, "", "their answer"));
            CHECK(t.event<sip::OfferAnswered>()->answer.data == "their answer");
          }},
         {"1: their re-INVITE, our 2xx",
          [=](Table& t) {
            t.up(we_called);
            CHECK(t.status_of("INVITE") == 0);
            t.accept();
            CHECK(body(t.take("SIP/2.0 200")) == "fine");
          }},
         {"2: our 2xx to their re-INVITE without an offer, their ACK",
          [=](Table& t) {
            t.up(we_called);
            const int cseq = t.next_cseq;
            CHECK(t.status_of("INVITE", {}) == 0);
            t.accept();
            CHECK(body(t.take("SIP/2.0 200")) == "fine");
            t.receive(t.in_dialog("ACK", cseq, t.our_tag, "their answer", {}, t.peer_tag));
            CHECK(t.event<sip::CallConfirmed>()->body.data == "their answer");
          }},
         {"3: our re-INVITE, their reliable 1xx",
          [=](Table& t) {
            t.up(we_called);
            REQUIRE(t.offers(sip::Method::Invite));
            const std::string invite = t.take("INVITE ");
            t.receive(Scripted::response(invite, 183, "", "their answer", {{"Require", "100rel"}, {"RSeq", "1"}}));
            CHECK(!t.take("PRACK ").empty());
            t.receive(Scripted::response(invite, 200, ""));
            CHECK(t.event<sip::OfferAnswered>()->answer.data == "their answer");
          }},
         {"6: our UPDATE",
          [=](Table& t) {
            t.up(we_called);
            REQUIRE(t.offers(sip::Method::Update));
            t.receive(Scripted::response(t.take("UPDATE "), 200, "", "their answer"));
            CHECK(t.event<sip::OfferAnswered>()->answer.data == "their answer");
          }},
         {"6: their UPDATE", [=](Table& t) {
            t.up(we_called);
            CHECK(t.status_of("UPDATE") == 0);
            t.accept();
            CHECK(body(t.take("SIP/2.0 200")) == "fine");
          }}});
  }
}

TEST_CASE("While the agent's offer in an INVITE or UPDATE is pending, the peer's offer gets 491, in both roles [RFC 6337 section 4.2]") {
  for (const bool we_called : {false, true}) {
    for (const auto ours : {sip::Method::Invite, sip::Method::Update}) {
      for (const char* theirs : {"INVITE", "UPDATE"}) {
        CAPTURE(we_called);
        CAPTURE(to_string(ours));
        CAPTURE(theirs);
        Table t;
        t.up(we_called);
        REQUIRE(t.offers(ours));
        CHECK(t.status_of(theirs) == 491);
        CHECK_FALSE(t.event<sip::OfferReceived>());
      }
      Table t;  // A re-INVITE without an offer asks for an offer, but an offer is already pending: RFC 6337 section 4.3
      t.up(we_called);
      REQUIRE(t.offers(ours));
      CHECK(t.status_of("INVITE", {}) == 491);
    }
  }
}

TEST_CASE("Before the 2xx, a peer's offer that crosses the agent's offer gets 491, and 488 in PRACK [RFC 6337 section 4.2]") {
  run({{"our UPDATE and their UPDATE; we are the caller",
        [](Table& t) {
          t.dial();
          t.agree();
          t.peer_tag = "a";
          REQUIRE(t.offers(sip::Method::Update));
          CHECK(t.status_of("UPDATE") == 491);
        }},
       {"our UPDATE and their UPDATE; they are the caller",
        [](Table& t) {
          t.agree_as_called();
          REQUIRE(t.offers(sip::Method::Update));
          CHECK(t.status_of("UPDATE") == 491);
        }},
       {"our UPDATE and their PRACK; they are the caller",
        [](Table& t) {
          t.agree_as_called(with(kRequires, kUpdates));
          REQUIRE(t.stack.calls().ring(t.session, t.now));
          t.sent_reliable();
          REQUIRE(t.offers(sip::Method::Update));
          t.prack(3, "theirs");
          CHECK(!t.take("SIP/2.0 488").empty());
        }},
       {"our INVITE and their UPDATE",
        [](Table& t) {
          t.dial();
          t.reliable(10, "a");
          t.peer_tag = "a";
          CHECK(t.status_of("UPDATE") == 491);
        }},
       {"our offer in a reliable 1xx and their UPDATE", [](Table& t) {
          t.ring_in(kRequires, "");
          REQUIRE(t.stack.calls().progress(t.session, kEarly, t.now));
          t.sent_reliable();
          CHECK(t.status_of("UPDATE") == 491);
        }}});
}

TEST_CASE("While the peer's offer waits for an answer, a second offer of the peer gets 500, and the agent cannot send an offer [RFC 6337 section 4.3]") {
  for (const bool we_called : {false, true}) {
    for (const char* first : {"INVITE", "UPDATE"}) {
      for (const char* second : {"INVITE", "UPDATE"}) {
        CAPTURE(we_called);
        CAPTURE(first);
        CAPTURE(second);
        Table t;
        t.up(we_called);
        CHECK(t.status_of(first) == 0);
        CHECK(t.status_of(second) == 500);
        CHECK_FALSE(t.offers(sip::Method::Invite));
        CHECK_FALSE(t.offers(sip::Method::Update));
        t.accept();
        CHECK(body(t.take("SIP/2.0 200")) == "fine");
      }
    }
  }
}

TEST_CASE("The agent sends no offer before the ACK to its 2xx and the answer to its last offer [RFC 6337 section 4.3]") {
  run({{"before the ACK to our 2xx",
        [](Table& t) {
          t.ring_in(kUpdates);
          REQUIRE(t.stack.calls().answer(t.session, kAnswer, t.now));
          CHECK_FALSE(t.offers(sip::Method::Invite));
          CHECK_FALSE(t.offers(sip::Method::Update));
        }},
       {"before our answer in the ACK",
        [](Table& t) {
          t.dial("");
          t.answered("a", "their offer", kUpdates);
          CHECK_FALSE(t.offers(sip::Method::Invite));
          CHECK_FALSE(t.offers(sip::Method::Update));
        }},
       {"one re-INVITE at a time",
        [](Table& t) {
          t.up();
          REQUIRE(t.offers(sip::Method::Invite));
          CHECK_FALSE(t.offers(sip::Method::Invite));
          CHECK_FALSE(t.offers(sip::Method::Update));
        }},
       {"one UPDATE at a time", [](Table& t) {
          t.up();
          REQUIRE(t.offers(sip::Method::Update));
          CHECK_FALSE(t.offers(sip::Method::Invite));
          CHECK_FALSE(t.offers(sip::Method::Update));
        }}});
}
