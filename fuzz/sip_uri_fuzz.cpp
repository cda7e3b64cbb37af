// The input is a value of a small grammar: URI, CSeq, Session-Expires, Authorization, parameters. Checks that an accepted value lies within
// the input, and does not change when it is written and parsed again.
#include "require.hpp"

#include <offhook/sip/message/authorization.hpp>
#include <offhook/sip/message/cseq.hpp>
#include <offhook/sip/message/header_name.hpp>
#include <offhook/sip/message/limits.hpp>
#include <offhook/sip/message/rack.hpp>
#include <offhook/sip/message/session_expires.hpp>
#include <offhook/sip/message/uri.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::sip;
using offhook::fuzz::require;

namespace {

bool within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_params(const Params& params, std::string_view whole) {
  require(within(params.text(), whole));
  auto rest = params.text();
  std::size_t count = 0;
  while (const auto param = Params::next(rest)) {
    require(!param->name.empty() && within(param->name, whole) && within(param->value, whole));
    require(params.has(param->name));
    ++count;
  }
  require(count <= kMaxParams && rest.empty());
}

void check_uri(const Uri& uri, std::string_view whole) {
  for (const auto part : {uri.scheme_text, uri.user, uri.password, uri.host, uri.headers, uri.text}) require(within(part, whole));
  check_params(uri.params, whole);
  require(equivalent(uri, uri));
  const auto again = parse_uri(uri.text);
  require(again && again->user == uri.user && again->host == uri.host && again->port == uri.port);
  if (uri.scheme != Uri::Scheme::Sip || uri.user.empty()) return;
  const auto rebuilt = "sip:" + escape_user(unescape(uri.user)) + "@" + std::string(uri.host);
  const auto plain = parse_uri(rebuilt);
  require(plain && unescape(plain->user) == unescape(uri.user));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto uri = parse_uri(text)) check_uri(*uri, text);
  if (const auto cseq = parse_cseq(text)) require(cseq->number < 1U << 31 && within(cseq->method_text, text));
  require(unescape(text).size() <= text.size());
  require(unescape(escape_user(text)) == text);
  (void)parse_header_name(text);

  (void)parse_session_expires(text);
  if (const auto rack = parse_rack(text)) require(rack->cseq < 1U << 31);
  if (const auto parsed = parse_authorization(text)) {
    for (const auto part : {parsed->scheme, parsed->username, parsed->realm, parsed->nonce, parsed->uri, parsed->response,
                            parsed->algorithm, parsed->cnonce, parsed->opaque, parsed->qop, parsed->nc})
      require(within(part, text));
  }
  auto rest = text;
  for (std::size_t steps = 0; Params::next(rest); ++steps) require(steps <= text.size());
  return 0;
}
