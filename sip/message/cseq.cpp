#include <offhook/sip/message/cseq.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <charconv>

namespace offhook::inline v0::sip {

base::Result<CSeq, ParseError> parse_cseq(std::string_view value) {
  value = base::trim(value);
  if (value.empty() || !base::is_digit(value.front())) return base::fail(ParseError::BadNumber);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || number >= std::uint32_t{1} << 31) return base::fail(ParseError::NumberTooLarge);
  const auto tail = value.substr(static_cast<std::size_t>(end - value.data()));
  auto method = tail;
  detail::skip_lws(method);
  if (method.size() == tail.size() || !detail::is_token(method)) return base::fail(ParseError::BadMethod);
  return CSeq{number, method, parse_method(method)};
}

}  // namespace offhook::inline v0::sip
