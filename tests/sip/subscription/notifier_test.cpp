#include <offhook/sip/subscription/notifier.hpp>
#include <offhook/tests/sip/subscription/machines.hpp>

#include <memory>

using namespace offhook;
using namespace offhook::sip;
using namespace offhook::sip::subscription;
using namespace offhook::sip::subscription::test;

namespace {

std::string subscribe_text(std::string_view expires, int cseq, std::string_view event = "dialog", std::string_view to_tag = "") {
  return "SUBSCRIBE sip:bot@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKs\r\nFrom: <sip:al@192.0.2.99>;tag=s1\r\n"
         "To: <sip:bot@192.0.2.1>" + (to_tag.empty() ? "" : ";tag=" + std::string(to_tag)) + "\r\nCall-ID: c1\r\nCSeq: " +
         std::to_string(cseq) + " SUBSCRIBE\r\nContact: <sip:al@192.0.2.99>\r\nRecord-Route: <sip:192.0.2.50;lr>\r\nEvent: " +
         std::string(event) + "\r\n" + (expires.empty() ? "" : "Expires: " + std::string(expires) + "\r\n") +
         "Content-Length: 0\r\n\r\n";
}

/// A notifier with one subscriber. The test plays the subscriber, and the owner that decides.
struct Watched : Owner {
  explicit Watched(std::string_view expires = "600", NotifyOptions notify = {}) {
    const auto message = parsed(subscribe_text(expires, 1));
    auto dialog = Dialog::as_server(message, "ours");
    REQUIRE(dialog);
    machine = std::make_unique<Notifier>(Notifier::Setup{{9}, {"dialog"}, {}, notify}, std::move(*dialog));
    machine->start({1}, grant_of(message, {}).expires, now, out);
    collect();
  }
  std::unique_ptr<Notifier> machine;

  int subscribe(std::string_view expires, int cseq, std::string_view event = "dialog") {
    answers.clear();
    const auto message = parsed(subscribe_text(expires, cseq, event, "ours"));
    machine->on_subscribe({2}, message, now, out);
    collect();
    CHECK(machine->is_consistent());
    last = take(answers);
    return last ? last->status : 0;
  }
  void respond(int status = 200) {
    const auto notify = take(sent);
    REQUIRE(notify);
    machine->on_response(parsed(response(notify->head, status, "NOTIFY", "", "")), now, out);
    collect();
    CHECK(machine->is_consistent());
  }
  std::string state() const { return sent.empty() ? "" : field(sent.front().own, "Subscription-State"); }
  void advance(base::Duration by) { Owner::advance(*machine, by); }
  bool accept(const std::string& body) {
    const bool done = machine->accept({"text/plain", body}, now, out);
    collect();
    return done;
  }
  bool notify(const std::string& body) {
    const bool done = machine->notify({"text/plain", body}, now, out);
    collect();
    return done;
  }
  bool end(Why why, std::optional<std::chrono::seconds> retry_after = {}) {
    const bool done = machine->end(why, retry_after, now, out);
    collect();
    return done;
  }
  std::optional<Respond> last;
};

}  // namespace

TEST_CASE_FIXTURE(Watched, "A SUBSCRIBE gets a 200 and a NOTIFY at once. The subscription is pending until the owner accepts it [RFC 6665 section 4.2.1.2]") {
  const auto ok = take(answers);
  REQUIRE(ok);
  CHECK(ok->status == 200);
  CHECK(field(ok->own, "Expires") == "600");
  REQUIRE(sent.size() == 1);
  CHECK(state() == "pending;expires=600");
  CHECK(sent[0].head.method == Method::Notify);
  CHECK(sent[0].head.request_uri == "sip:al@192.0.2.99");
  CHECK(sent[0].head.next_hop == "sip:192.0.2.50;lr");
  CHECK(sent[0].head.from == "<sip:bot@192.0.2.1>;tag=ours");
  CHECK(field(sent[0].own, "Event") == "dialog");
  CHECK(sent[0].body.empty());
  respond();
  CHECK_FALSE(notify("too early"));
  advance(10s);
  REQUIRE(accept("first"));
  CHECK(state() == "active;expires=590");
  CHECK(sent[0].body.data == "first");
  CHECK_FALSE(accept("again"));
}

TEST_CASE_FIXTURE(Watched, "Notifier sends one NOTIFY at a time. The next NOTIFY has the latest state [RFC 6665 section 4.2.2]") {
  REQUIRE(accept("one"));
  CHECK(sent.size() == 1);  // The pending NOTIFY has no response yet.
  REQUIRE(notify("two"));
  REQUIRE(notify("three"));
  CHECK(sent.size() == 1);
  respond();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].body.data == "three");
  CHECK(sent[0].head.cseq == 2);
  respond();
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Watched, "A refresh gets a 200 with the granted interval, and a NOTIFY with the state [RFC 6665 section 4.2.1.4]") {
  REQUIRE(accept("state"));
  respond();
  respond();
  advance(500s);
  CHECK(subscribe("300", 2) == 200);
  CHECK(field(last->own, "Expires") == "300");
  CHECK(state() == "active;expires=300");
  CHECK(sent[0].body.data == "state");
  respond();
  advance(299s);
  CHECK(sent.empty());
  CHECK(changes.empty());
  advance(1s);
  CHECK(state() == "terminated;reason=timeout");
  CHECK(take(changes)->why == Why::Timeout);
  respond();
  CHECK(machine->is_over());
}

TEST_CASE_FIXTURE(Watched, "Notifier refuses a refresh that is out of order, has too short an interval, or is for another package [RFC 6665 section 4.2.1.1]") {
  respond();
  CHECK(subscribe("59", 2) == 423);
  CHECK(field(last->own, "Min-Expires") == "60");
  CHECK(subscribe("60", 3) == 200);
  respond();
  CHECK(subscribe("600", 3) == 500);  // RFC 3261 section 12.2.2
  CHECK(subscribe("600", 4, "reg") == 481);
  CHECK(subscribe("999999", 5) == 200);
  CHECK(field(last->own, "Expires") == "3600");  // The notifier shortens the interval, and never extends it.
}

TEST_CASE("grant_of() derives the interval from the Expires of the SUBSCRIBE [RFC 6665 section 4.2.1.1]") {
  const GrantOptions options{7200s, 9000s, 10000s};
  const auto grant = [&](std::string_view text) { return grant_of(parsed(subscribe_text(text, 1)), options); };
  CHECK(grant("").expires == 9000s);
  CHECK(grant("3599").too_brief);
  CHECK_FALSE(grant("3600").too_brief);  // An interval of an hour or more is never too brief, even if the minimum is longer.
  CHECK_FALSE(grant("0").too_brief);
  CHECK(grant("10001").expires == 10000s);
}

TEST_CASE_FIXTURE(Watched, "A SUBSCRIBE with Expires 0 ends the subscription with a last NOTIFY that has the state [RFC 6665 section 4.2.1.4]") {
  REQUIRE(accept("state"));
  respond();
  respond();
  CHECK(subscribe("0", 2) == 200);
  CHECK(field(last->own, "Expires") == "0");
  CHECK(state() == "terminated;reason=timeout");
  CHECK(sent[0].body.data == "state");
  CHECK(take(changes)->why == Why::Unsubscribed);
  CHECK(subscribe("600", 3) == 481);
  respond();
  CHECK(machine->is_over());
  CHECK(changes.empty());
}

TEST_CASE("A fetch gets one NOTIFY, which waits for the state from the owner [RFC 6665 section 4.4.3]") {
  Watched watched("0");
  CHECK(watched.answered() == 200);
  CHECK(watched.sent.empty());
  CHECK(watched.accept("state"));
  CHECK(watched.state() == "terminated;reason=timeout");
  CHECK(watched.sent[0].body.data == "state");
  watched.respond();
  CHECK(watched.machine->is_over());

  Watched ignored("0");
  ignored.advance(5s);
  CHECK(ignored.state() == "terminated;reason=timeout");
  CHECK(ignored.sent[0].body.empty());
}

TEST_CASE("The status of a refused NOTIFY decides whether the subscription ends [RFC 6665 section 4.2.2]") {
  for (const int status : {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604}) {
    CAPTURE(status);
    Watched watched;
    watched.respond(status);
    CHECK(watched.machine->is_over());
    const auto told = Owner::take(watched.changes);
    REQUIRE(told);
    CHECK(told->why == Why::Refused);
    CHECK(told->status == status);
  }
  for (const int status : {400, 403, 408, 500, 503, 603}) {
    CAPTURE(status);
    Watched watched;
    watched.respond(status);
    CHECK_FALSE(watched.machine->is_over());
    CHECK(watched.accept("still there"));
    CHECK(watched.sent.size() == 1);
  }
}

TEST_CASE_FIXTURE(Watched, "If a NOTIFY gets no response, the subscription ends [RFC 6665 section 4.2.2]") {
  machine->on_failure(Failure::Timeout, now, out);
  collect();
  CHECK(machine->is_over());
  CHECK(take(changes)->why == Why::NoAnswer);
  CHECK_FALSE(notify("nobody"));
}

TEST_CASE_FIXTURE(Watched, "When the owner ends the subscription with a reason, the last NOTIFY follows the response to the pending NOTIFY [RFC 6665 section 4.2.1.3]") {
  REQUIRE(end(Why::Rejected));
  CHECK(take(changes)->why == Why::Rejected);
  CHECK(sent.size() == 1);
  respond();
  CHECK(state() == "terminated;reason=rejected");
  CHECK_FALSE(end(Why::Probation));
  respond();
  CHECK(machine->is_over());

  Watched other;
  REQUIRE(other.accept("state"));
  REQUIRE(other.end(Why::Probation, std::chrono::seconds(30)));
  other.respond();
  CHECK(other.state() == "terminated;reason=probation;retry-after=30");
}

namespace {

/// A notifier that waits for the owner's decision for 200 ms before it responds.
struct Patient : Watched {
  explicit Patient(std::string_view expires = "600") : Watched(expires, {200ms}) {}
};

}  // namespace

TEST_CASE_FIXTURE(Patient, "If the owner decides within `patience`, the response to the SUBSCRIBE has its decision [RFC 6665 section 4.2.1.3]") {
  CHECK(answers.empty());
  CHECK(sent.empty());
  advance(199ms);
  REQUIRE(accept("state"));
  CHECK(answered() == 200);
  REQUIRE(sent.size() == 1);
  CHECK(state() == "active;expires=600");
  CHECK(sent[0].body.data == "state");
  respond();
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Patient, "If the owner needs longer than `patience`, the subscription becomes pending [RFC 6665 section 4.2.1.3]") {
  advance(199ms);
  CHECK(answers.empty());
  advance(1ms);
  CHECK(answered() == 200);
  CHECK(state() == "pending;expires=600");
  CHECK(machine->state() == Notifier::State::Pending);
  respond();
  REQUIRE(end(Why::Rejected));
  CHECK(state() == "terminated;reason=rejected");
  CHECK(answers.empty());
}

TEST_CASE("If the owner refuses within `patience`, the SUBSCRIBE gets the refusal as its response, and no subscription is left [RFC 6665 section 4.2.1.3]") {
  const auto refused = [](Why why, std::optional<std::chrono::seconds> retry_after, int status) {
    CAPTURE(status);
    Patient patient;
    REQUIRE(patient.end(why, retry_after));
    const auto answer = Owner::take(patient.answers);
    REQUIRE(answer);
    CHECK(answer->status == status);
    CHECK(field(answer->own, "Retry-After") == (retry_after ? "30" : ""));
    CHECK(patient.sent.empty());
    CHECK(patient.machine->is_over());
    const auto told = Owner::take(patient.changes);
    REQUIRE(told);
    CHECK(told->why == why);
    CHECK_FALSE(patient.end(why));
    CHECK_FALSE(patient.accept("late"));
    CHECK_FALSE(patient.machine->next_deadline());
  };
  refused(Why::Rejected, std::nullopt, 403);
  refused(Why::NoResource, std::nullopt, 404);
  refused(Why::Probation, std::chrono::seconds(30), 503);
}

TEST_CASE("If the owner needs longer than `patience`, a fetch gets the 200 first and the NOTIFY later [RFC 6665 section 4.4.3]") {
  Patient patient("0");
  patient.advance(199ms);
  CHECK(patient.answers.empty());
  patient.advance(1ms);
  CHECK(patient.answered() == 200);
  CHECK(patient.sent.empty());
  REQUIRE(patient.accept("state"));
  CHECK(patient.state() == "terminated;reason=timeout");
  CHECK(patient.sent[0].body.data == "state");
}

TEST_CASE("Notifier sends changes at most at the package's maximum rate, and a NOTIFY for a SUBSCRIBE at once [RFC 6665 section 5.4.10]") {
  Watched watched("600", {0ms, 1s});
  watched.respond();
  REQUIRE(watched.accept("one"));
  watched.respond();
  REQUIRE(watched.notify("two"));
  CHECK(watched.sent.empty());
  watched.advance(999ms);
  REQUIRE(watched.notify("three"));
  CHECK(watched.sent.empty());
  watched.advance(1ms);
  REQUIRE(watched.sent.size() == 1);
  CHECK(watched.sent[0].body.data == "three");
  REQUIRE(watched.notify("four"));  // The previous NOTIFY has no response yet.
  watched.respond();
  CHECK(watched.sent.empty());
  CHECK(watched.subscribe("600", 2) == 200);
  REQUIRE(watched.sent.size() == 1);
  CHECK(watched.sent[0].body.data == "four");
  REQUIRE(watched.notify("five"));
  CHECK(watched.subscribe("600", 3) == 200);
  watched.respond();  // The NOTIFY for the SUBSCRIBE follows the previous NOTIFY at once.
  REQUIRE(watched.sent.size() == 1);
  watched.respond();
  REQUIRE(watched.notify("six"));
  CHECK(watched.sent.empty());
  REQUIRE(watched.end(Why::Probation));
  CHECK(watched.state() == "terminated;reason=probation");
  watched.respond();
  CHECK(watched.machine->is_over());
  CHECK_FALSE(watched.machine->next_deadline());
}

TEST_CASE("The version of a document counts the NOTIFYs that were sent, and not the states that Notifier skipped [RFC 4235 section 4.1]") {
  NotifyOptions counting;
  counting.counts = true;
  Watched watched("600", counting);
  watched.respond();  // The pending NOTIFY has no body.
  REQUIRE(watched.accept("v={version} name={version}"));
  REQUIRE(watched.sent.size() == 1);
  CHECK(watched.sent[0].body.data == "v=0 name={version}");
  REQUIRE(watched.notify("overtaken {version}"));
  REQUIRE(watched.notify("b {version}"));
  watched.respond();
  REQUIRE(watched.sent.size() == 1);
  CHECK(watched.sent[0].body.data == "b 1");
  watched.respond();
  CHECK(watched.subscribe("600", 2) == 200);
  CHECK(watched.sent[0].body.data == "b 2");
  watched.respond();
  watched.advance(600s);
  CHECK(watched.state() == "terminated;reason=timeout");
  CHECK(watched.sent[0].body.data == "b 3");
}
