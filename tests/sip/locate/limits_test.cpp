#include "world.hpp"

#include <offhook/sip/locate/answer_cache.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using namespace std::chrono_literals;
using sip::Locator;
using sip::Transport;
using sip::locate::AnswerCache;

namespace {

struct Bounded : World {
  base::SeededRandom random{1};
  std::vector<Locator::Candidate> locate(const std::string& host, std::optional<std::uint16_t> port = {},
                                         std::optional<Transport> transport = {}) {
    asked.clear();
    Locator locator({host, port, transport, false}, {}, random);
    serve(locator);
    REQUIRE(locator.is_done());
    return locator.candidates();
  }
  static std::string v4(std::size_t i) { return "192.0." + std::to_string(i / 200) + "." + std::to_string(1 + i % 200); }
};

}  // namespace

TEST_CASE_FIXTURE(Bounded, "Locator reads the first kMaxRecords records of an answer, and ignores further records") {
  for (std::size_t i = 0; i + 1 < Locator::kMaxRecords; ++i) address("other.example", v4(i));
  Answer& answer = answers[{RecordType::A, "a.example"}];
  answer = answers[{RecordType::A, "other.example"}];
  address("a.example", "192.0.2.1");
  REQUIRE(answer.records.size() == Locator::kMaxRecords);
  CHECK(locate("a.example", 5060).size() == 1);
  answer.records.insert(answer.records.begin(), answer.records.front());
  CHECK(locate("a.example", 5060).empty());
}

TEST_CASE_FIXTURE(Bounded, "Locator limits the number of addresses of one server, of servers, and of all candidates") {
  for (std::size_t i = 0; i < Locator::kMaxAddresses; ++i) address("a.example", v4(i));
  CHECK(locate("a.example", 5060).size() == Locator::kMaxAddresses);
  address("a.example", "198.51.100.1");
  CHECK(locate("a.example", 5060).size() == Locator::kMaxAddresses);

  for (std::size_t i = 0; i < Locator::kMaxServers; ++i) {
    const std::string host = "h" + std::to_string(i) + ".b.example";
    srv("_sip._udp.b.example", static_cast<std::uint16_t>(i), 0, 5060, host).address(host, v4(i));
  }
  CHECK(locate("b.example", {}, Transport::Udp).size() == Locator::kMaxServers);
  srv("_sip._udp.b.example", 99, 0, 5060, "late.b.example").address("late.b.example", "198.51.100.1");
  CHECK(locate("b.example", {}, Transport::Udp).size() == Locator::kMaxServers);

  for (std::size_t i = 0; i < 4; ++i) {
    const std::string host = "h" + std::to_string(i) + ".c.example";
    srv("_sip._udp.c.example", static_cast<std::uint16_t>(i), 0, 5060, host);
    for (std::size_t j = 0; j < Locator::kMaxAddresses; ++j) address(host, v4(i * 10 + j));
  }
  CHECK(locate("c.example", {}, Transport::Udp).size() == Locator::kMaxCandidates);
  srv("_sip._udp.c.example", 4, 0, 5060, "late.b.example");
  CHECK(locate("c.example", {}, Transport::Udp).size() == Locator::kMaxCandidates);
}

TEST_CASE_FIXTURE(Bounded, "Locator follows kMaxAliases aliases, and no more") {
  const auto chain = [&](const std::string& from, std::size_t length) {
    std::string name = from;
    for (std::size_t i = 0; i < length; ++i) {
      const std::string next = "n" + std::to_string(i) + "." + from;
      alias(RecordType::A, name, next);
      name = next;
    }
    address(name, "192.0.2.1");
  };
  chain("a.example", Locator::kMaxAliases);
  CHECK(locate("a.example", 5060).size() == 1);
  chain("b.example", Locator::kMaxAliases + 1);
  CHECK(locate("b.example", 5060).empty());
}

TEST_CASE_FIXTURE(Bounded, "Locator limits the number of services and of questions in one look-up") {
  for (std::size_t i = 0; i <= Locator::kMaxServices; ++i) {
    const std::string service = "_s" + std::to_string(i) + ".a.example";
    naptr("a.example", static_cast<std::uint16_t>(i), 0, "SIP+D2U", service);
    for (std::size_t j = 0; j < 4; ++j) {
      const std::string host = "h" + std::to_string(j) + service;
      srv(service, 0, 0, 5060, host);
      std::string name = host;  // Each host name leads to as many questions as possible.
      for (std::size_t k = 0; k < Locator::kMaxAliases; ++k) {
        alias(RecordType::A, name, std::to_string(k) + host).alias(RecordType::Aaaa, name, std::to_string(k) + host);
        name = std::to_string(k) + host;
      }
    }
  }
  CHECK(locate("a.example").empty());
  CHECK(asked.size() == Locator::kMaxQuestions);
  std::size_t services = 0;
  for (const Question& question : asked) services += question.type == RecordType::Srv ? 1 : 0;
  CHECK(services == Locator::kMaxServices);
}

TEST_CASE_FIXTURE(Bounded, "AnswerCache keeps an answer for its TTL, at most kMaxTtl, and a missing name for kNegativeTtl. It does not keep a failure") {
  AnswerCache cache;
  const base::TimePoint begin{1000s};
  address("a.example", "192.0.2.1");
  const Question a{RecordType::A, "a.example"};
  cache.keep(a, answer(a), begin);
  CHECK(cache.find(a, begin + 59s) != nullptr);
  CHECK(cache.find(a, begin + 60s) == nullptr);
  CHECK(cache.size() == 0);

  Answer mixed = answer(a);
  mixed.records.push_back({"a.example", 5s, sip::locate::AddressRecord{ip("192.0.2.2")}});
  cache.keep(a, mixed, begin);
  CHECK(cache.find(a, begin + 5s) == nullptr);
  mixed.records.back().ttl = 0s;
  cache.keep(a, mixed, begin);
  CHECK(cache.find(a, begin) == nullptr);
  mixed.records.resize(1);
  mixed.records.front().ttl = 100h;
  cache.keep(a, mixed, begin);
  CHECK(cache.find(a, begin + AnswerCache::kMaxTtl - 1s) != nullptr);
  CHECK(cache.find(a, begin + AnswerCache::kMaxTtl) == nullptr);

  cache.keep(a, {Answer::Kind::NoName, {}}, begin);
  CHECK(cache.find(a, begin + AnswerCache::kNegativeTtl - 1s) != nullptr);
  CHECK(cache.find(a, begin + AnswerCache::kNegativeTtl) == nullptr);
  for (const auto kind : {Answer::Kind::Failed, Answer::Kind::Timeout}) {
    cache.keep(a, {kind, {}}, begin);
    CHECK(cache.find(a, begin) == nullptr);
  }
}

TEST_CASE_FIXTURE(Bounded, "A full AnswerCache drops the answer that would expire first") {
  AnswerCache cache;
  const base::TimePoint begin{1000s};
  const auto name = [](std::size_t i) { return Question{RecordType::A, "n" + std::to_string(i) + ".example"}; };
  for (std::size_t i = 0; i < AnswerCache::kMaxAnswers; ++i) {
    ttl = std::chrono::seconds(i == 7 ? 10 : 600);
    address(name(i).name, "192.0.2.1");
    cache.keep(name(i), answer(name(i)), begin);
  }
  CHECK(cache.size() == AnswerCache::kMaxAnswers);
  CHECK(cache.find(name(7), begin) != nullptr);
  address("more.example", "192.0.2.1");
  cache.keep({RecordType::A, "more.example"}, answer({RecordType::A, "more.example"}), begin);
  CHECK(cache.size() == AnswerCache::kMaxAnswers);
  CHECK(cache.find(name(7), begin) == nullptr);
  CHECK(cache.find({RecordType::A, "more.example"}, begin) != nullptr);
}
