#include <offhook/sip/message/cseq.hpp>

#include <offhook/sip/message/detail/grammar.hpp>

namespace offhook::inline v0::sip {

namespace {

constexpr std::uint64_t kMaxCSeq = (std::uint64_t{1} << 31) - 1;  // RFC 3261 section 8.1.1.5

}  // namespace

base::Result<CSeq, ParseError> parse_cseq(std::string_view value) {
  auto tail = detail::trim(value);
  const auto number = detail::take_number(tail, kMaxCSeq);
  if (!number) return base::fail(ParseError::BadNumber);
  if (*number > kMaxCSeq) return base::fail(ParseError::NumberTooLarge);
  auto method = tail;
  detail::skip_lws(method);
  if (method.size() == tail.size() || !detail::is_token(method)) return base::fail(ParseError::BadMethod);
  return CSeq{static_cast<std::uint32_t>(*number), method, parse_method(method)};
}

}  // namespace offhook::inline v0::sip
