#include <offhook/sip/message/via.hpp>

#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/readers.hpp>

namespace offhook::inline v0::sip {

namespace {

std::string_view take_token(std::string_view& rest) {
  const auto token = rest.substr(0, detail::token_size(rest));
  rest.remove_prefix(token.size());
  return token;
}

bool try_slash(std::string_view& rest) {
  detail::skip_lws(rest);
  if (!rest.starts_with('/')) return false;
  rest.remove_prefix(1);
  detail::skip_lws(rest);
  return true;
}

}  // namespace

base::Result<void, ParseError> detail::read_next(std::string_view& rest, Via& into) {
  skip_lws(rest);
  constexpr std::string_view kUsual = "SIP/2.0/";
  if (rest.starts_with(kUsual)) {
    rest.remove_prefix(kUsual.size());
    skip_lws(rest);
  } else {
    // `sent-protocol` is three tokens. A Via of another version is copied, never refused (RFC 3261 section 25.1).
    if (take_token(rest).empty() || !try_slash(rest)) return base::fail(ParseError::BadVia);
    if (take_token(rest).empty() || !try_slash(rest)) return base::fail(ParseError::BadVia);
  }
  into.transport = take_token(rest);
  const auto before = rest.size();
  skip_lws(rest);
  if (into.transport.empty() || rest.size() == before) return base::fail(ParseError::BadVia);
  const auto sent_by = take_host_port(rest, true);
  if (!sent_by) return base::fail(sent_by.error());
  into.host = sent_by->host;
  into.port = sent_by->port;
  const auto params = take_header_params(rest);
  if (!params) return base::fail(params.error());
  into.params = *params;
  if (rest.empty()) return {};
  rest.remove_prefix(1);  // Remove the comma.
  skip_lws(rest);
  if (rest.empty()) return base::fail(ParseError::BadVia);
  return {};
}

base::Result<Via, ParseError> take_via(std::string_view& rest) {
  Via via;
  if (const auto read = detail::read_next(rest, via); !read) return base::fail(read.error());
  return via;
}

}  // namespace offhook::inline v0::sip
