// The input is the response of a name server. Checks that the parser reads only within the response and keeps its bounds, and that the
// search for servers with this response ends.
#include "require.hpp"

#include <offhook/sip/locate/locator.hpp>
#include <offhook/sip/transport/dns_answer.hpp>

#include <cstdint>

using namespace offhook;
using namespace offhook::sip;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const locate::Question question{locate::RecordType::Srv, "_sip._udp.a.example"};
  const auto answer = detail::parse_dns_answer({data, size}, question);
  require(answer.records.size() <= Locator::kMaxRecords);
  require(answer.records.empty() || answer.kind == locate::Answer::Kind::Found);
  for (const auto& record : answer.records) require(record.ttl.count() >= 0 && record.name.size() <= 4 * 255);

  base::SeededRandom random(size);
  Locator locator({"a.example", {}, {}, false}, {}, random);
  std::size_t questions = 0;
  while (const auto asked = locator.poll_question()) {
    require(++questions <= Locator::kMaxQuestions);
    locator.on_answer(*asked, detail::parse_dns_answer({data, size}, *asked));
  }
  require(locator.is_done() && locator.candidates().size() <= Locator::kMaxCandidates);
  return 0;
}
