#include <offhook/sip/auth/verifier.hpp>

#include <offhook/base/text.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace offhook::inline v0::sip {
namespace {

/// Parses eight hexadecimal digits: RFC 7616 section 3.4.
std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count, 16);
  if (text.size() != 8 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

std::string without_pairs(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain.push_back(text[i]);
  }
  return plain;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

bool is_same(std::string_view a, std::string_view b) {
  const auto left = parse_uri(a), right = parse_uri(b);
  return left && right && equivalent(*left, *right);
}

}  // namespace

Verifier::Verifier(CallerOptions options, base::Random& random)
    : options_(std::move(options)), nobodys_(random.token()), nonces_(random, options_.nonce_time) {
  for (const auto& caller : options_.who) passwords_.emplace(caller.username, caller.password);
}

Verifier::Verdict Verifier::check(const Message& request, std::string_view address, const base::IpAddress& source, base::TimePoint now) {
  Lines lines = request.lines(HeaderName::Authorization);
  for (std::size_t i = 0; i < kMaxAuthorizations; ++i) {
    const auto line = lines.next();
    if (!line) break;
    const auto given = parse_authorization(*line);
    if (!given || !base::iequals(given->scheme, "Digest") || without_pairs(given->realm) != options_.realm) continue;
    std::string username = without_pairs(given->username);
    const auto count = parse_count(given->nc);
    if (!is_right(*given, request, address, username) || !count) return {Verdict::Kind::Wrong, {}};
    // Report a stale nonce only to a caller that knows the password: RFC 7616 section 3.3.
    if (!nonces_.is_good(given->nonce, source, now) || !nonces_.take(given->nonce, *count, now)) return {Verdict::Kind::Stale, {}};
    return {Verdict::Kind::Proven, std::move(username)};
  }
  return {};
}

bool Verifier::is_right(const Authorization& given, const Message& request, std::string_view address, std::string_view username) const {
  const auto known = passwords_.find(username);
  const bool exists = known != passwords_.end();
  const auto algorithm = given.algorithm.empty() ? std::optional(Algorithm::Md5) : parse_algorithm(given.algorithm);
  const bool offered =
      algorithm && std::find(options_.algorithms.begin(), options_.algorithms.end(), *algorithm) != options_.algorithms.end();
  // Without qop there is no count, so a replay cannot be detected. We offered qop, so a response without it is refused.
  const bool qop = base::iequals(given.qop, "auth") || (options_.auth_int && base::iequals(given.qop, "auth-int"));
  // A response for another target may be a captured one: RFC 7616 section 3.4.6.
  if (!offered || !qop || given.cnonce.empty()) return false;
  if (given.uri != request.request_uri() && !is_same(given.uri, address)) return false;
  const DigestInput input{*algorithm, username, options_.realm, exists ? known->second : nobodys_, request.method_text(),
                          given.uri, given.nonce, base::iequals(given.qop, "auth") ? "auth" : "auth-int", given.cnonce,
                          parse_count(given.nc).value_or(0), request.body()};
  const auto right = digest_response(input);
  return right && right->size() == given.response.size() &&
         CRYPTO_memcmp(right->data(), given.response.data(), right->size()) == 0 && exists;
}

std::vector<std::string> Verifier::challenges(const base::IpAddress& source, bool stale, base::TimePoint now) {
  std::vector<std::string> values;
  for (const Algorithm algorithm : options_.algorithms) {
    std::string value = "Digest realm=" + quoted(options_.realm) + ", nonce=\"" + nonces_.make(source, now) +
                        "\", algorithm=" + std::string(to_string(algorithm)) + ", qop=\"auth";
    value += options_.auth_int ? ",auth-int\"" : "\"";
    if (stale) value += ", stale=true";
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace offhook::inline v0::sip
