// Tests one publication of event state in virtual time. The test is both the owner of the publication and the server.
#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/publication/publication.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using sip::publication::Publication;
using sip::publication::SendPublish;
using Changed = sip::PublicationChanged;
using State = Publication::State;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

sip::Message answer(int status, const Fields& fields) {
  std::string text = "SIP/2.0 " + std::to_string(status) + " Phrase\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
                     "To: <sip:a@h>;tag=2\r\nCall-ID: c\r\nCSeq: 1 PUBLISH\r\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
  text += "Content-Length: 0\r\n\r\n";
  auto message = sip::parse_message(sip::Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  REQUIRE(message.has_value());
  return std::move(*message);
}

struct Publishing {
  base::SeededRandom random{7};
  base::TimePoint now{1000s};
  sip::publication::Actions out;
  Publication machine{{"application/pidf+xml", "open"}, 3600s, random, out};
  std::deque<SendPublish> sent;
  std::deque<Changed> told;

  Publishing() { collect(); }
  void collect() {
    REQUIRE(machine.is_consistent());
    for (auto& action : std::exchange(out, {})) {
      if (auto* send = std::get_if<SendPublish>(&action)) sent.push_back(*send);
      if (auto* changed = std::get_if<Changed>(&action)) told.push_back(*changed);
    }
  }
  /// Takes the only requested PUBLISH. Returns "ETAG EXPIRES", with "+" if the PUBLISH has a body, or "" if there is no PUBLISH.
  std::string publish() {
    if (sent.empty()) return "";
    REQUIRE(sent.size() == 1);
    const SendPublish what = sent.front();
    sent.pop_front();
    return (what.etag.empty() ? "-" : what.etag) + " " + std::to_string(what.expires.count()) + (what.has_body ? "+" : "");
  }
  void on(int status, const Fields& fields = {}) {
    machine.on_response(answer(status, fields), now, out);
    collect();
  }
  void accept(const std::string& etag, const std::string& expires = "3600") { on(200, {{"SIP-ETag", etag}, {"Expires", expires}}); }
  void advance(base::Duration by) {
    for (const auto until = now + by; now < until;) {
      now = std::min(until, machine.next_deadline().value_or(until));
      if (machine.next_deadline() == now) machine.on_time(now, out);
      collect();
    }
  }
  Changed last() {
    REQUIRE_FALSE(told.empty());
    Changed event = told.back();
    told.clear();
    return event;
  }
};

struct Published : Publishing {
  Published() {
    REQUIRE(publish() == "- 3600+");
    accept("e1");
    REQUIRE(last().state == Changed::State::Published);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Publishing, "The initial PUBLISH has a body and no SIP-If-Match, and the publication uses the interval that the server grants [RFC 3903 section 4.2]") {
  CHECK(publish() == "- 3600+");
  on(100);
  CHECK(told.empty());
  accept("dx200xyz", "1800");
  const Changed event = last();
  CHECK(event.state == Changed::State::Published);
  CHECK(event.expires == 1800s);
  CHECK(machine.etag() == "dx200xyz");
  CHECK(machine.state() == State::Published);
}

TEST_CASE_FIXTURE(Published, "A refresh has the entity-tag and no body. The response to it has the entity-tag for the next PUBLISH [RFC 3903 section 4.3]") {
  for (int i = 1; i < 4; ++i) {
    CAPTURE(i);
    advance(1799s);
    CHECK(sent.empty());
    advance(1769s);  // At least 32 s before the end of the hour.
    CHECK(publish() == "e" + std::to_string(i) + " 3600");
    accept("e" + std::to_string(i + 1));
    CHECK(last().state == Changed::State::Published);
  }
}

TEST_CASE_FIXTURE(Published, "The publication sends new state at once, with a body and the entity-tag [RFC 3903 section 4.4]") {
  machine.modify({"application/pidf+xml", "closed"}, out);
  collect();
  CHECK(publish() == "e1 3600+");
  CHECK(machine.body().data == "closed");
  accept("e2");
  CHECK(machine.etag() == "e2");
}

TEST_CASE_FIXTURE(Published, "While a PUBLISH has no response, new state waits. After the response the publication sends only the latest state [RFC 3903 section 4]") {
  machine.modify({"t", "1"}, out);
  collect();
  CHECK(publish() == "e1 3600+");
  machine.modify({"t", "2"}, out);
  machine.modify({"t", "3"}, out);
  collect();
  CHECK(sent.empty());
  accept("e2");
  CHECK(publish() == "e2 3600+");
  CHECK(machine.body().data == "3");
  CHECK(told.empty());  // The server does not have the last state yet.
  accept("e3");
  CHECK(last().state == Changed::State::Published);
}

TEST_CASE_FIXTURE(Published, "A removal has Expires 0, the entity-tag and no body [RFC 3903 section 4.5]") {
  machine.remove(now, out);
  collect();
  CHECK(publish() == "e1 0");
  on(200);
  const Changed event = last();
  CHECK(event.state == Changed::State::Ended);
  CHECK(event.why == Changed::Why::Removed);
  CHECK_FALSE(machine.next_deadline());
  machine.modify({"t", "x"}, out);
  machine.remove(now, out);
  collect();
  CHECK(sent.empty());
  CHECK(told.empty());
}

TEST_CASE_FIXTURE(Publishing, "If the owner removes a publication before the first response, the removal uses the entity-tag of that response. After a refusal it sends nothing") {
  SUBCASE("the first PUBLISH is accepted") {
    (void)publish();
    machine.remove(now, out);
    collect();
    CHECK(sent.empty());
    accept("e1");
    CHECK(publish() == "e1 0");
    on(412);  // The server no longer has the state.
    CHECK(last().why == Changed::Why::Removed);
  }
  SUBCASE("the first PUBLISH is refused") {
    machine.remove(now, out);
    on(500);
    CHECK(last().state == Changed::State::Ended);
  }
  SUBCASE("the first PUBLISH gets no response") {
    machine.remove(now, out);
    advance(31s);
    CHECK(told.empty());
    advance(1s);
    CHECK(last().why == Changed::Why::NoAnswer);
  }
}

TEST_CASE_FIXTURE(Published, "After a 412 the publication drops the entity-tag and publishes the state as new [RFC 3903 section 5]") {
  advance(3568s);
  CHECK(publish() == "e1 3600");
  on(412);
  CHECK(machine.etag().empty());
  CHECK(publish() == "- 3600+");
  on(412);  // A 412 to a PUBLISH without a tag counts as a temporary refusal.
  CHECK(sent.empty());
  CHECK(last().state == Changed::State::Waiting);
  advance(2s);
  CHECK(publish() == "- 3600+");
}

TEST_CASE_FIXTURE(Publishing, "A 423 raises the interval to its Min-Expires, at most to a day and at most kMaxRetries times [RFC 3903 section 5]") {
  (void)publish();
  on(423, {{"Min-Expires", "7200"}});
  CHECK(publish() == "- 7200+");
  on(423, {{"Min-Expires", "86400"}});
  CHECK(publish() == "- 86400+");
  on(423, {{"Min-Expires", "86400"}});
  CHECK(sent.empty());
  CHECK(last().status == 423);
  Publishing other;
  (void)other.publish();
  SUBCASE("Min-Expires is above a day") { other.on(423, {{"Min-Expires", "86401"}}); }
  SUBCASE("Min-Expires is absent") { other.on(423); }
  SUBCASE("Min-Expires is not above the requested interval") { other.on(423, {{"Min-Expires", "3600"}}); }
  CHECK(other.sent.empty());
  CHECK(other.last().state == Changed::State::Waiting);
}

TEST_CASE_FIXTURE(Publishing,
    "A permanent refusal ends the publication. After a temporary refusal it sends the whole state again, after longer and longer waits") {
  SUBCASE("489 is permanent") {
    on(489);
    const Changed event = last();
    CHECK(event.state == Changed::State::Ended);
    CHECK(event.why == Changed::Why::Refused);
    CHECK(event.status == 489);
  }
  SUBCASE("503 with Retry-After waits") {
    (void)publish();
    on(503, {{"Retry-After", "60"}});
    const Changed event = last();
    CHECK(event.state == Changed::State::Waiting);
    CHECK(*event.retry_in >= 60s);
    CHECK(*event.retry_in <= 66s);
    machine.modify({"t", "later"}, out);  // New state does not shorten the wait.
    collect();
    CHECK(sent.empty());
    advance(66s);
    CHECK(publish() == "- 3600+");
  }
  SUBCASE("each failure doubles the wait") {
    (void)publish();
    base::Duration waited{};
    for (int i = 0; i < 12; ++i) {
      machine.on_failure(Changed::Why::NoAnswer, "", now, out);
      collect();
      waited = *last().retry_in;
      CHECK(waited <= Publication::kBackoffMax);
      advance(waited);
      REQUIRE(publish() == "- 3600+");
    }
    CHECK(waited >= Publication::kBackoffMax / 2);
  }
}

TEST_CASE_FIXTURE(Published, "After a refresh without a response, the publication sends the state again with the tag, which the server may still know") {
  advance(3568s);
  CHECK(publish() == "e1 3600");
  machine.on_failure(Changed::Why::NoAnswer, "", now, out);
  collect();
  CHECK(last().why == Changed::Why::NoAnswer);
  advance(2s);
  CHECK(publish() == "e1 3600+");
}

TEST_CASE_FIXTURE(Publishing, "If a 200 has no entity-tag, the refresh has the whole state. A 200 with Expires 0 counts as a refusal") {
  (void)publish();
  on(200, {{"Expires", "100"}});
  CHECK(last().state == Changed::State::Published);
  advance(85s);
  CHECK(publish() == "- 3600+");
  accept("e1", "0");
  CHECK(last().state == Changed::State::Waiting);
}

TEST_CASE("A publication is consistent after any order of events") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Publishing us;
    base::SeededRandom fate{seed};
    for (int i = 0; i < 60 && us.machine.state() != State::Ended; ++i) {
      us.sent.clear();
      switch (fate.below(10)) {
        case 0: us.machine.modify({"t", std::to_string(i)}, us.out); break;
        case 1: us.accept("e" + std::to_string(i), std::to_string(fate.below(4000))); break;
        case 2: us.on(412); break;
        case 3: us.on(423, {{"Min-Expires", std::to_string(fate.below(100000))}}); break;
        case 4: us.on(503); break;
        case 5: us.machine.on_failure(Changed::Why::Unreachable, "", us.now, us.out); break;
        case 6: us.accept("e"); break;
        case 7: if (fate.below(8) == 0) us.machine.remove(us.now, us.out); break;
        default: us.advance(std::chrono::seconds(fate.below(4000)));
      }
      us.collect();
    }
  }
}
