#include <offhook/sip/message/rack.hpp>

#include <offhook/sip/message/cseq.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <limits>

namespace offhook::inline v0::sip {

base::Result<RAck, ParseError> parse_rack(std::string_view value) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  auto rest = detail::trim(value);
  const auto rseq = detail::take_number(rest, kMost);
  if (!rseq) return base::fail(ParseError::BadNumber);
  if (*rseq > kMost) return base::fail(ParseError::NumberTooLarge);
  if (rest.empty() || !detail::is_lws(rest.front())) return base::fail(ParseError::BadNumber);
  const auto cseq = parse_cseq(rest);
  if (!cseq) return base::fail(cseq.error());
  return RAck{static_cast<std::uint32_t>(*rseq), cseq->number, cseq->method};
}

}  // namespace offhook::inline v0::sip
