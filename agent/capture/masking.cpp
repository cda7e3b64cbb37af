#include <offhook/agent/capture/masking.hpp>

#include <offhook/agent/capture/message_lines.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::agent::capture {

namespace {

using Text = std::span<char>;
constexpr std::size_t kNone = std::string_view::npos;

std::string_view view(std::span<const char> text) { return {text.data(), text.size()}; }

/// Overwrites all characters except blanks and line ends, which give the message its structure.
void hide(Text text) {
  for (char& c : text) {
    if (!base::is_space(c)) c = 'x';
  }
}

/// Makes names comparable: ignores upper and lower case, and treats `_` as `-`.
char folded(char c) { return c == '_' ? '-' : base::to_lower(c); }

/// Returns the place of `word` in `text`; kNone if the word is missing. `word` must be folded, and `text` need not be.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
  const auto at = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())), text.end(), word.begin(), word.end(),
                              [](char a, char b) { return folded(a) == b; });
  return at == text.end() ? kNone : static_cast<std::size_t>(at - text.begin());
}

bool ends_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && find_word(text.substr(text.size() - word.size()), word) == 0;
}

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) { return find_word(text, word) != kNone; });
}

/// Reads a field's value, and hides parts of it.
class Value {
 public:
  explicit Value(Text text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  template <class Accept>
  Text take_while(Accept accept) {
    const std::size_t begin = at_;
    while (!at_end() && accept(text_[at_])) ++at_;
    return text_.subspan(begin, at_ - begin);
  }
  bool try_take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_spaces() { (void)take_while(base::is_space); }
  Text take_rest() {
    const Text rest = text_.subspan(at_);
    at_ = text_.size();
    return rest;
  }

 private:
  Text text_;
  std::size_t at_ = 0;
};

// --- fields -----------------------------------------------------------------------------------------------------------------

bool is_readable(std::string_view parameter) {
  constexpr std::array<std::string_view, 13> kReadable{"username", "realm",  "nonce",  "uri",    "algorithm", "qop",      "nc",
                                                       "opaque",   "stale",  "domain", "charset", "userhash",  "nextnonce"};
  return std::any_of(kReadable.begin(), kReadable.end(), [parameter](std::string_view each) { return base::iequals(each, parameter); });
}

/// Hides a parameter's value: a token, or text in quotes. Hides text behind a readable token. Without the closing quote, the value is the rest of the
/// field, and is always hidden.
void hide_value(Value& value, bool readable) {
  if (!value.try_take('"')) {
    if (readable) (void)value.take_while(is_token_char);
    return hide(value.take_while([](char c) { return c != ',' && !base::is_space(c); }));
  }
  bool escaped = false;
  const Text quoted = value.take_while([&escaped](char c) {
    const bool is_inside = c != '"' || escaped;
    escaped = c == '\\' && !escaped;
    return is_inside;
  });
  if (value.at_end() || !readable) hide(quoted);
  (void)value.try_take('"');
}

/// Hides each parameter of a digest for which is_readable() is false, and text that is not a parameter.
void hide_parameters(Value value) {
  while (!value.at_end()) {
    (void)value.take_while([](char c) { return c == ',' || base::is_space(c); });
    const Text name = value.take_while(is_token_char);
    if (name.empty()) {
      hide(value.take_while([](char c) { return c != ',' && !base::is_space(c); }));
      continue;
    }
    const bool begins_challenge = base::iequals(view(name), "Digest") && base::is_space(value.peek());
    value.skip_spaces();
    if (value.try_take('=')) {
      value.skip_spaces();
      hide_value(value, is_readable(view(name)));
    } else if (!begins_challenge) {
      hide(name);
    }
  }
}

/// Hides credentials. Leaves the name of a known scheme readable, and the readable parameters of Digest. Any other first word may be a token.
void hide_credentials(Value value) {
  constexpr std::array<std::string_view, 6> kSchemes{"Digest", "Basic", "Bearer", "NTLM", "Kerberos", "Negotiate"};
  value.skip_spaces();
  const Text scheme = value.take_while([](char c) { return !base::is_space(c); });
  if (base::iequals(view(scheme), "Digest")) return hide_parameters(value);
  if (std::none_of(kSchemes.begin(), kSchemes.end(), [scheme](std::string_view each) { return base::iequals(view(scheme), each); })) hide(scheme);
  hide(value.take_rest());
}

/// Hides the signature of each token `header.claims.signature;info=...`, and a whole token that has another form.
void hide_signatures(Value value) {
  const auto is_in_token = [](char c) { return c != ';' && c != ','; };
  while (!value.at_end()) {
    const Text token = value.take_while(is_in_token);
    const auto first = view(token).find('.');
    const auto second = first == kNone ? kNone : view(token).find('.', first + 1);
    hide(second == kNone ? token : token.subspan(second + 1));
    (void)value.take_while([](char c) { return c != ','; });
    (void)value.try_take(',');
  }
}

/// Returns true if the name is this word, or ends with a hyphen and this word.
bool has_last_word(std::string_view name, std::string_view word) {
  return ends_with_word(name, word) && (name.size() == word.size() || folded(name[name.size() - word.size() - 1]) == '-');
}

/// Returns true for the name of a field, an attribute or a parameter whose value is a secret or pressed keys.
bool names_secret(std::string_view name) {
  constexpr std::array<std::string_view, 17> kParts{"token",  "secret",  "passw",  "passphrase", "pwd",       "credential", "bearer", "jwt",  "apikey",
                                                    "api-key", "cookie", "pn-prid", "pn-tok",     "key-mgmt", "signature",  "dtmf",   "postd"};
  constexpr std::array<std::string_view, 5> kLast{"key", "pin", "pass", "otp", "sig"};
  return has_any(name, kParts) || std::any_of(kLast.begin(), kLast.end(), [name](std::string_view word) { return has_last_word(name, word); });
}
bool names_credentials(std::string_view name) {
  constexpr std::array<std::string_view, 2> kCredentials{"authorization", "authenticate"};
  return has_any(name, kCredentials) || ends_with_word(name, "-auth");
}

enum class Field : std::uint8_t { Plain, Credentials, Parameters, Signature, Secret };

Field field_of(const LineName& line) {
  if (line.mark != ':' && line.mark != '=') return Field::Plain;
  if (names_secret(line.name) || base::iequals(line.name, "Signal")) return Field::Secret;
  if (line.mark == '=') return base::iequals(line.name, "k") ? Field::Secret : Field::Plain;
  if (names_credentials(line.name)) return Field::Credentials;
  if (find_word(line.name, "authentication-info") != kNone) return Field::Parameters;
  return base::iequals(line.name, "Identity") || base::iequals(line.name, "y") ? Field::Signature : Field::Plain;
}

/// Returns the name at the beginning of a line. For a line a=NAME:VALUE whose value is a secret, returns the name of the attribute (RFC 8866
/// section 5.13).
LineName line_at(std::string_view text, std::size_t begin) {
  const LineName line = name_at(text, begin);
  if (line.mark != '=' || !base::iequals(line.name, "a")) return line;
  const LineName attribute = name_at(text, line.value);
  return attribute.mark == ':' && names_secret(attribute.name) ? attribute : line;
}

void hide_field(Field kind, Text value) {
  switch (kind) {
    case Field::Plain: return;
    case Field::Credentials: return hide_credentials(Value(value));
    case Field::Parameters: return hide_parameters(Value(value));
    case Field::Signature: return hide_signatures(Value(value));
    case Field::Secret: return hide(value);
  }
}

/// Hides the secret of the field or line that begins at `begin`. Returns the place after it; `begin` if it has no secret.
std::size_t hide_line(Text text, std::size_t begin) {
  const LineName line = line_at(view(text), begin);
  const Field kind = field_of(line);
  if (kind == Field::Plain) return begin;
  const std::size_t end = field_end(view(text), begin);
  hide_field(kind, text.subspan(line.value, end - line.value));
  return end;
}

/// Hides the secrets of all lines. A line may also begin after a lone CR, because a receiver may read a lone CR as a line end.
void hide_lines(Text text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = hide_line(text, at);
    if (end == at) at = std::min(view(text).find_first_of("\r\n", at), text.size() - 1) + 1;
    else at = end;
  }
}

// --- words ------------------------------------------------------------------------------------------------------------------

/// Hides the password of a URI: RFC 3261 section 19.1.1. A peer may send a password that contains `@`, although the grammar forbids that.
void hide_password(Text word) {
  const std::string_view text = view(word);
  const auto last_at = text.rfind('@');
  if (last_at == kNone) return;
  for (std::size_t colon = text.find(':'); colon < last_at; colon = text.find(':', colon + 1)) {
    const bool has_slashes = text.substr(colon + 1).starts_with("//");
    if (!has_slashes && !ends_with_word(text.substr(0, colon), "sip") && !ends_with_word(text.substr(0, colon), "sips")) continue;
    const std::size_t user = colon + (has_slashes ? 3 : 1);
    const auto before_password = text.find(':', user), at = text.find('@', user);
    if (at != kNone && before_password < at) return hide(word.subspan(before_password + 1, last_at - before_password - 1));
  }
}

/// Hides the keys of a=crypto: "inline:KEY|LIFETIME|MKI;inline:KEY" (RFC 4568 section 9.2).
void hide_keys(Text word) {
  constexpr std::string_view kInline = "inline:", kIcePassword = "ice-pwd:";
  for (std::size_t at = find_word(view(word), kInline); at != kNone; at = find_word(view(word), kInline, at)) {
    at += kInline.size();
    hide(word.subspan(at, std::min(view(word).find_first_of("|;", at), word.size()) - at));
  }
  if (const auto at = find_word(view(word), kIcePassword); at != kNone) hide(word.subspan(at + kIcePassword.size()));
}

/// Returns true if the next word is a secret: MIKEY, a token, or a key after a blank that should not be there.
bool comes_before_secret(std::string_view word) {
  return find_word(word, "key-mgmt:") != kNone || base::iequals(word, "Bearer") || ends_with_word(word, "inline:") || ends_with_word(word, "ice-pwd:");
}

void hide_words(Text text) {
  const auto is_end = [](char c) { return base::is_space(c) || c == '<' || c == '>' || c == '"'; };
  bool is_secret = false;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && !is_end(text[end])) ++end;
    const Text word = text.subspan(begin, end - begin);
    const bool is_next_secret = word.empty() ? is_secret : comes_before_secret(view(word));
    if (is_secret) hide(word);
    hide_password(word);
    hide_keys(word);
    is_secret = is_next_secret;
    begin = end + 1;
  }
}

/// Hides values behind the name of a secret, in URIs and in other parameters: sip:a@b;pn-prid=VALUE?Authorization=VALUE&Cookie=VALUE, x-token = "VALUE"
/// (RFC 3261 sections 19.1.1 and 25.1). A name with escapes also counts as such a name, because escapes are not decoded.
void hide_named_values(Text field) {
  const auto is_name = [field](Text name) {
    if (name.empty() || (name.data() != field.data() && !base::is_space(name.data()[-1]) && std::string_view(";?&,<>\"").find(name.data()[-1]) == kNone)) return false;
    return names_secret(view(name)) || names_credentials(view(name)) || view(name).find('%') != kNone;
  };
  for (Value rest(field); !rest.at_end();) {
    (void)rest.take_while([](char c) { return !is_token_char(c); });
    const Text name = rest.take_while(is_token_char);
    rest.skip_spaces();
    if (!rest.try_take('=') || !is_name(name)) continue;
    rest.skip_spaces();
    if (rest.peek() == '"') hide_value(rest, false);
    else hide(rest.take_while([](char c) { return !base::is_space(c) && std::string_view(";&<>\"").find(c) == kNone; }));
  }
}

// --- pressed keys -----------------------------------------------------------------------------------------------------------

bool has_pressed_keys(std::string_view content_type) {
  constexpr std::array<std::string_view, 4> kTypes{"dtmf", "telephone-event", "application/vnd.nortelnetworks.digits", "application/kpml-response"};
  return has_any(content_type.substr(0, content_type.find(';')), kTypes);
}

/// Hides one line of a body of pressed keys. In application/dtmf-relay, the names of lines and the duration stay readable.
void hide_pressed_key(Text line) {
  const std::size_t begin = std::min(view(line).find_first_not_of(" \t"), line.size());
  const LineName known = name_at(view(line), begin);
  if (known.mark == '=' && base::iequals(known.name, "Duration")) return;
  const bool is_signal = known.mark == '=' && base::iequals(known.name, "Signal");
  hide(line.subspan(is_signal ? known.value : 0));
}

/// Hides bodies that consist of pressed keys. A part of a multipart body ends with a line that begins with "--" (RFC 2046 section 5.1.1).
void hide_pressed_keys(Text text) {
  bool is_multipart = false, is_keys = false, is_body = false;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = std::min(view(text).find('\n', at), text.size() - 1) + 1;
    const Text line = text.subspan(at, end - at);
    if (is_body && is_multipart && view(line).starts_with("--")) is_keys = is_body = false;
    if (is_body) {
      hide_pressed_key(line);
    } else if (const auto type = value_at(view(text), at, "Content-Type", "c")) {
      is_keys = is_keys || has_pressed_keys(*type);
      is_multipart = is_multipart || find_word(type->substr(0, type->find('/')), "multipart") != kNone;
    }
    if (view(line) == "\r\n" || view(line) == "\n") is_body = is_keys;
  }
}

}  // namespace

void mask_secrets(std::span<char> message) {
  hide_pressed_keys(message);
  hide_lines(message);
  hide_words(message);
  for (std::size_t at = 0, end = 0; at < message.size(); at = end) {
    end = field_end(view(message), at);
    hide_named_values(message.subspan(at, end - at));
  }
}

}  // namespace offhook::inline v0::agent::capture
