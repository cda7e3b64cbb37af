#include <offhook/sip/auth/challenge.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::sip {
namespace {

bool is_token_char(char c) {  // RFC 3261 section 25.1
  return base::is_alpha(c) || base::is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
}

// Takes a quoted string after its opening quote; the cursor ends after the closing quote. Leaves quoted pairs unchanged.
std::optional<std::string_view> take_quoted(base::TextCursor& cursor) {
  const std::string_view text = cursor.rest();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      cursor.skip(i + 1);
      return text.substr(0, i);
    }
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

// An unquoted value may hold more than a token, because some peers write base64 nonces or URIs without quotes.
bool is_bare_char(char c) { return c != ',' && c != '"' && c != '\\' && !base::is_space(c); }

struct Parameter {
  std::string_view name, value;
};

// Takes `name = value`. Returns nullopt for other text. Moves the cursor only on success.
std::optional<Parameter> take_parameter(base::TextCursor& cursor) {
  base::TextCursor probe = cursor;
  Parameter parameter;
  parameter.name = probe.take_while(is_token_char);
  probe.skip_spaces();
  if (parameter.name.empty() || !probe.try_take('=')) return std::nullopt;
  probe.skip_spaces();
  if (probe.try_take('"')) {
    const auto quoted = take_quoted(probe);
    if (!quoted) return std::nullopt;
    parameter.value = *quoted;
  } else {
    parameter.value = probe.take_while(is_bare_char);
  }
  probe.skip_spaces();
  if (!probe.at_end() && probe.peek() != ',') return std::nullopt;
  cursor = probe;
  return parameter;
}

// Returns true at `token SP token`, which starts the next challenge after a comma.
bool starts_challenge(base::TextCursor cursor) {
  if (cursor.take_while(is_token_char).empty() || !base::is_space(cursor.peek())) return false;
  cursor.skip_spaces();
  return is_token_char(cursor.peek());
}

// Skips a single token between commas: the second half of an unquoted `qop=auth,auth-int`, or a scheme without parameters.
bool try_skip_token(base::TextCursor& cursor) {
  base::TextCursor probe = cursor;
  if (probe.take_while(is_token_char).empty()) return false;
  probe.skip_spaces();
  if (!probe.at_end() && probe.peek() != ',') return false;
  cursor = probe;
  return true;
}

bool list_holds(std::string_view list, std::string_view token) {
  base::TextCursor cursor(list);
  while (!cursor.at_end()) {
    if (base::iequals(base::trim(cursor.take_until(',')), token)) return true;
  }
  return false;
}

bool try_copy(std::string& target, std::string_view value, std::size_t limit) {
  if (value.size() > limit) return false;
  target = value;
  return true;
}

// Stores one parameter in `challenge`. Returns false if the value is too large. Ignores unknown parameters (charset, userhash,
// future ones): RFC 3261 section 20.44, auth-param.
bool apply(Challenge& challenge, const Parameter& parameter) {
  const auto [name, value] = parameter;
  if (base::iequals(name, "realm")) return try_copy(challenge.realm, value, kMaxRealmBytes);
  if (base::iequals(name, "nonce")) return try_copy(challenge.nonce, value, kMaxNonceBytes);
  if (base::iequals(name, "domain")) return try_copy(challenge.domain, value, kMaxDomainBytes);
  if (base::iequals(name, "opaque")) {
    challenge.has_opaque = true;
    return try_copy(challenge.opaque, value, kMaxOpaqueBytes);
  }
  if (base::iequals(name, "stale")) challenge.stale = base::iequals(value, "true");
  if (base::iequals(name, "algorithm")) {
    const auto algorithm = parse_algorithm(value);
    challenge.algorithm_given = true;
    challenge.algorithm_known = algorithm.has_value();
    challenge.algorithm = algorithm.value_or(Algorithm::Md5);
  }
  if (base::iequals(name, "qop") && !base::trim(value).empty()) {
    challenge.has_qop = true;
    challenge.qop_auth = list_holds(value, "auth");
    challenge.qop_auth_int = list_holds(value, "auth-int");
  }
  return true;
}

}  // namespace

base::Result<std::optional<Challenge>, AuthError> take_challenge(std::string_view& rest) {
  base::TextCursor cursor(rest);
  rest = {};  // After an error, the remaining text cannot be trusted.
  cursor.skip_spaces();
  const bool digest = base::iequals(cursor.take_while(is_token_char), "Digest");
  if (!cursor.at_end() && cursor.peek() != ',' && !base::is_space(cursor.peek())) return base::fail(AuthError::BadChallenge);

  Challenge challenge;
  bool has_realm = false;
  for (bool first = true;; first = false) {
    cursor.skip_spaces();
    if (cursor.at_end()) break;
    if (!first || cursor.peek() == ',') {
      if (!cursor.try_take(',')) return base::fail(AuthError::BadChallenge);
      cursor.skip_spaces();
      if (cursor.at_end() || cursor.peek() == ',') continue;  // Tolerate an empty element, which some peers send.
      if (starts_challenge(cursor)) {
        rest = cursor.rest();
        break;
      }
    }
    const auto parameter = take_parameter(cursor);
    if (!parameter) {
      if (try_skip_token(cursor)) continue;
      if (digest) return base::fail(AuthError::BadChallenge);
      cursor.take_while([](char c) { return c != ','; });  // Skip other schemes, such as `Negotiate YII=`.
      continue;
    }
    if (digest && !apply(challenge, *parameter)) return base::fail(AuthError::TooLarge);
    has_realm = has_realm || base::iequals(parameter->name, "realm");
  }
  if (!digest) return std::optional<Challenge>{};
  if (!has_realm || challenge.nonce.empty()) return base::fail(AuthError::BadChallenge);
  return std::optional(std::move(challenge));
}

std::optional<std::string_view> find_auth_parameter(std::string_view list, std::string_view name) {
  base::TextCursor cursor(list);
  for (cursor.skip_spaces(); !cursor.at_end(); cursor.skip_spaces()) {
    const auto parameter = take_parameter(cursor);
    if (!parameter) return std::nullopt;
    if (base::iequals(parameter->name, name)) return parameter->value;
    cursor.skip(1);  // Skip the comma.
  }
  return std::nullopt;
}

base::Result<std::vector<Challenge>, AuthError> parse_challenges(const Message& response) {
  std::vector<Challenge> challenges;
  AuthError error = AuthError::NoChallenge;
  std::size_t seen = 0;
  for (const Header& header : response.headers()) {
    if (header.id != HeaderName::WwwAuthenticate && header.id != HeaderName::ProxyAuthenticate) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      if (++seen > kMaxChallenges) return base::fail(AuthError::TooManyChallenges);
      auto challenge = take_challenge(rest);
      if (!challenge) {
        error = challenge.error();
      } else if (*challenge) {
        (*challenge)->proxy = header.id == HeaderName::ProxyAuthenticate;
        challenges.push_back(std::move(**challenge));
      }
    }
  }
  if (challenges.empty()) return base::fail(error);
  return challenges;
}

}  // namespace offhook::inline v0::sip
