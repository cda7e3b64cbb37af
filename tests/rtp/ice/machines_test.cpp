#include <offhook/rtp/ice/detail/consent.hpp>
#include <offhook/rtp/ice/detail/nomination.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace offhook;
using namespace offhook_test;
using namespace std::chrono_literals;
using rtp::IceChecklist;
using rtp::IceConsent;
using rtp::IceNomination;
using rtp::IcePair;
using rtp::IceRole;

namespace {

constexpr base::TimePoint kNow = base::TimePoint{} + 1000s;
const auto kHost = at("192.0.2.1", 5000);

IcePair& pair_to(IceChecklist& checklist, unsigned port, rtp::IceCandidateType type = rtp::IceCandidateType::Host) {
  return *checklist.add(local(kHost), signalled(at("198.51.100.1", port), 1, type, std::to_string(port)));
}
void validate(IceChecklist& checklist, IcePair& pair) {
  pair.mapped = pair.local;
  checklist.succeed(pair);
}

}  // namespace

TEST_CASE("In a conflict of roles the side with the larger tie-breaker is controlling, and the other side gets 487 or yields [RFC 8445 section 7.3.1.1]") {
  base::SeededRandom random(1);
  for (const bool controlling : {true, false}) {
    CAPTURE(controlling);
    IceRole role(controlling, random);
    const auto mine = role.claim().tie_breaker;
    CHECK(role.accepts({!controlling, mine}));                     // no conflict
    CHECK(role.is_controlling() == controlling);
    IceRole larger = role, equal = role, smaller = role;
    CHECK(larger.accepts({controlling, mine - 1}) != controlling);
    CHECK(larger.is_controlling());
    CHECK(equal.accepts({controlling, mine}) != controlling);
    CHECK(equal.is_controlling());
    CHECK(smaller.accepts({controlling, mine + 1}) == controlling);
    CHECK_FALSE(smaller.is_controlling());
  }
}

TEST_CASE("After a 487 the agent has the opposite role and a new tie-breaker, even after a second 487 for the same role [RFC 8445 section 7.2.5.1]") {
  base::SeededRandom random(1);
  IceRole role(true, random);
  const auto asked_as = role.claim();
  role.on_conflict(asked_as, random);
  CHECK_FALSE(role.is_controlling());
  CHECK(role.claim().tie_breaker != asked_as.tie_breaker);
  role.on_conflict(asked_as, random);
  CHECK_FALSE(role.is_controlling());
}

TEST_CASE("Requests for consent leave every 4 to 6 s, at random, each with a new transaction id [RFC 7675 section 5.1]") {
  base::SeededRandom random(1);
  IceConsent consent(kNow, random);
  std::vector<base::Duration> intervals;
  std::vector<rtp::StunId> ids;
  auto last = kNow;
  for (int i = 0; i < 200; ++i) {
    const auto now = *consent.next_deadline();
    const auto id = consent.on_time(now, random);
    REQUIRE(id);
    CHECK(std::find(ids.begin(), ids.end(), *id) == ids.end());
    ids.push_back(*id);
    intervals.push_back(now - last);
    last = now;
    consent.on_success(*id, now);
  }
  const auto [shortest, longest] = std::minmax_element(intervals.begin(), intervals.end());
  CHECK(*shortest >= 4s);
  CHECK(*shortest < 4200ms);
  CHECK(*longest <= 6s);
  CHECK(*longest > 5800ms);
}

TEST_CASE("Consent is lost 30 s after the last answer, and a later answer does not restore it [RFC 7675 section 5.1]") {
  base::SeededRandom random(1);
  IceConsent consent(kNow, random);
  const auto first = consent.on_time(kNow + 6s, random);
  REQUIRE(first);
  consent.on_success(*first, kNow + 7s);
  (void)consent.on_time(kNow + 36'999ms, random);
  CHECK(consent.is_held());
  const auto late = consent.on_time(kNow + 37s, random);
  CHECK_FALSE(late);
  CHECK_FALSE(consent.is_held());
  CHECK_FALSE(consent.next_deadline());
  CHECK_FALSE(consent.has_asked(*first));
}

TEST_CASE("An answer to one of the last kMaxPendingConsent requests for consent counts [RFC 7675 section 5.1]") {
  base::SeededRandom random(1);
  IceConsent consent(kNow, random);
  std::vector<rtp::StunId> unanswered;
  for (int i = 0; unanswered.size() <= rtp::kMaxPendingConsent; ++i) {
    const auto now = *consent.next_deadline();
    const auto id = consent.on_time(now, random);
    REQUIRE(id);
    if (i % 4 == 3)
      consent.on_success(*id, now);   // Consent continues.
    else
      unanswered.push_back(*id);
    if (unanswered.size() == rtp::kMaxPendingConsent) CHECK(consent.has_asked(unanswered.front()));
  }
  CHECK_FALSE(consent.has_asked(unanswered.front()));
  CHECK(consent.has_asked(unanswered[1]));
  CHECK(consent.has_asked(unanswered.back()));
}

TEST_CASE("A 403 revokes consent at once, and another error does not renew it [RFC 7675 section 5.2]") {
  base::SeededRandom random(1);
  IceConsent consent(kNow, random);
  const auto first = consent.on_time(kNow + 6s, random);
  consent.on_error(*first, 400);
  CHECK(consent.is_held());
  CHECK_FALSE(consent.has_asked(*first));
  const auto second = consent.on_time(kNow + 12s, random);
  consent.on_error(*second, 403);
  CHECK_FALSE(consent.is_held());
}

TEST_CASE("The best valid pair is nominated at once, and only once, if no better pair can succeed [RFC 8445 section 8.1.1]") {
  IceChecklist checklist(100, true);
  IceNomination nomination;
  const auto id = pair_to(checklist, 6000).id;
  CHECK_FALSE(nomination.choose(checklist, 1, kNow));
  validate(checklist, *checklist.find(id));
  CHECK_FALSE(nomination.choose(checklist, 2, kNow));
  CHECK(nomination.choose(checklist, 1, kNow) == id);
  CHECK_FALSE(nomination.choose(checklist, 1, kNow));
  CHECK_FALSE(nomination.next_deadline());
}

TEST_CASE("The nomination waits for pairs with a higher priority, and waits longer if the best valid pair is relayed") {
  for (const bool relay : {false, true}) {
    CAPTURE(relay);
    IceChecklist checklist(100, true);
    IceNomination nomination;
    const auto better = pair_to(checklist, 6000).id;
    const auto valid = pair_to(checklist, 6001, relay ? rtp::IceCandidateType::Relayed : rtp::IceCandidateType::ServerReflexive).id;
    validate(checklist, *checklist.find(valid));
    const auto wait = relay ? IceNomination::kWaitForRelayed : IceNomination::kWait;
    CHECK_FALSE(nomination.choose(checklist, 1, kNow));
    CHECK(nomination.next_deadline() == kNow + wait);
    CHECK_FALSE(nomination.choose(checklist, 1, kNow + wait - 1ms));
    IceChecklist with_better = checklist;
    IceNomination earlier = nomination;
    validate(with_better, *with_better.find(better));
    CHECK(earlier.choose(with_better, 1, kNow + 1ms) == better);
    CHECK(nomination.choose(checklist, 1, kNow + wait) == valid);
  }
}

TEST_CASE("The nomination does not wait for a pair that has failed, or that has a lower priority") {
  IceChecklist checklist(100, true);
  IceNomination nomination;
  const auto better = pair_to(checklist, 6000).id;
  const auto valid = pair_to(checklist, 6001, rtp::IceCandidateType::ServerReflexive).id;
  (void)pair_to(checklist, 6002, rtp::IceCandidateType::Relayed);
  validate(checklist, *checklist.find(valid));
  CHECK_FALSE(nomination.choose(checklist, 1, kNow));
  checklist.fail(*checklist.find(better));
  CHECK(nomination.choose(checklist, 1, kNow) == valid);
}

TEST_CASE("If the only valid pair is removed, the nomination no longer waits for better pairs") {
  IceChecklist checklist(100, true);
  IceNomination nomination;
  (void)pair_to(checklist, 6000);
  const auto valid = pair_to(checklist, 6001, rtp::IceCandidateType::ServerReflexive).id;
  validate(checklist, *checklist.find(valid));
  CHECK_FALSE(nomination.choose(checklist, 1, kNow));
  checklist.remove_base(kHost);
  CHECK_FALSE(nomination.choose(checklist, 1, kNow));
  CHECK_FALSE(nomination.next_deadline());
}
