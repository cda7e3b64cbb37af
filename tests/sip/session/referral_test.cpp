#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/sip/session/referral.hpp>
#include <offhook/sip/session/replacement.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace offhook;
using namespace std::chrono_literals;
using sip::session::Referral;
using sip::session::refusal_of_replacement;
using sip::session::Standing;

namespace {

struct Referred {
  Referral referral;
  base::TimePoint now{100s};
  void ask(bool reports = true, std::uint32_t cseq = 7) { referral.on_refer({1}, cseq, reports, "<sip:al@192.0.2.99>", now); }
};

}  // namespace

TEST_CASE_FIXTURE(Referred, "An accepted Referral makes a NOTIFY at once, one for each change of the progress, and one for the end [RFC 3515 section 2.4.4]") {
  ask();
  CHECK(referral.under_way());
  CHECK_FALSE(referral.accepted());
  CHECK_FALSE(referral.report(180, now));
  const auto accepted = referral.accept(now);
  REQUIRE(accepted);
  REQUIRE(accepted->notice);
  CHECK(accepted->notice->status == 100);
  CHECK(accepted->notice->event == "refer");
  CHECK(accepted->notice->state == "active;expires=180");
  now += 5s;
  CHECK(referral.report(180, now)->state == "active;expires=175");
  CHECK_FALSE(referral.report(180, now));
  CHECK_FALSE(referral.report(100, now));
  const auto last = referral.report(200, now);
  CHECK(last->status == 200);
  CHECK(last->state == "terminated;reason=noresource");
  CHECK_FALSE(referral.report(486, now));
  CHECK_FALSE(referral.under_way());
  CHECK(referral.is_consistent());
}

TEST_CASE_FIXTURE(Referred, "The NOTIFYs for the second REFER of a call have its CSeq as id [RFC 3515 section 2.4.6]") {
  ask();
  REQUIRE(referral.decline());
  ask(true, 9);
  CHECK(referral.accept(now)->notice->event == "refer;id=9");
}

TEST_CASE_FIXTURE(Referred, "A Referral without reports makes no NOTIFY, and the outcome of the new call ends the Referral [RFC 4488 section 4]") {
  ask(false);
  CHECK_FALSE(referral.accept(now)->notice);
  CHECK(referral.accepted());
  CHECK_FALSE(referral.next_deadline());
  CHECK_FALSE(referral.report(180, now));
  CHECK_FALSE(referral.report(200, now));
  CHECK_FALSE(referral.accepted());
}

TEST_CASE_FIXTURE(Referred, "Referral declines after kPatience if the application has not decided, and ends after kLimit if there is no outcome") {
  ask();
  CHECK(referral.next_deadline() == now + Referral::kPatience);
  CHECK_FALSE(referral.on_time(now + Referral::kPatience - 1ms).declined);
  CHECK(referral.on_time(now + Referral::kPatience).declined);
  CHECK_FALSE(referral.accept(now));
  ask();
  REQUIRE(referral.accept(now));
  const auto due = referral.on_time(now + Referral::kLimit);
  REQUIRE(due.notice);
  CHECK(due.notice->state == "terminated;reason=timeout");
  CHECK_FALSE(referral.next_deadline());
}

TEST_CASE_FIXTURE(Referred, "A SUBSCRIBE of the referrer extends or ends the reports, and the new call continues [RFC 3515 section 2.4.4]") {
  CHECK_FALSE(referral.on_subscribe(60, now));
  ask();
  CHECK_FALSE(referral.on_subscribe(60, now));
  REQUIRE(referral.accept(now));
  now += 100s;
  CHECK(referral.on_subscribe(3600, now)->state == "active;expires=180");
  CHECK(referral.on_subscribe(0, now)->state == "terminated;reason=timeout");
  CHECK(referral.accepted());
  CHECK_FALSE(referral.report(200, now));
}

TEST_CASE("refusal_of_replacement returns 0 for a call that can be replaced, and the status of the refusal for other calls [RFC 3891 section 3]") {
  CHECK(refusal_of_replacement(Standing::Unknown, false) == 481);
  CHECK(refusal_of_replacement(Standing::EarlyTheirs, false) == 481);
  CHECK(refusal_of_replacement(Standing::EarlyTheirs, true) == 481);
  CHECK(refusal_of_replacement(Standing::EarlyOurs, false) == 0);
  CHECK(refusal_of_replacement(Standing::EarlyOurs, true) == 0);
  CHECK(refusal_of_replacement(Standing::Up, false) == 0);
  CHECK(refusal_of_replacement(Standing::Up, true) == 486);
  CHECK(refusal_of_replacement(Standing::Ended, false) == 603);
  CHECK(refusal_of_replacement(Standing::Ended, true) == 603);
}
