#include <offhook/sip/identity/identity_header.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {
namespace {

bool is_token_char(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_' || c == '.' || c == '='; }

/// Takes a parameter's value: `<uri>`, `"text"` or a token. Returns false for other text.
bool take_value(base::TextCursor& cursor, std::string_view& value) {
  const char open = cursor.peek();
  if (open != '<' && open != '"') {
    value = base::trim(cursor.take_while([](char c) { return c != ';'; }));
    return !value.empty() && std::all_of(value.begin(), value.end(), is_token_char);
  }
  const char close = open == '<' ? '>' : '"';
  cursor.skip(1);
  value = cursor.take_while([&](char c) { return c != close && c != '\\'; });
  return cursor.try_take(close);
}

}  // namespace

base::Result<IdentityHeader, IdentityError> parse_identity(std::string_view value) {
  if (value.size() > kMaxIdentityBytes) return base::fail(IdentityError::BadHeader);
  IdentityHeader header;
  base::TextCursor cursor(base::trim(value));
  header.token = base::trim(cursor.take_while([](char c) { return c != ';'; }));
  if (header.token.empty() || !std::all_of(header.token.begin(), header.token.end(), is_token_char)) return base::fail(IdentityError::BadHeader);
  while (cursor.try_take(';')) {
    cursor.skip_spaces();
    const auto name = base::trim(cursor.take_while([](char c) { return c != '=' && c != ';'; }));
    std::string_view text;
    if (name.empty() || !cursor.try_take('=')) return base::fail(IdentityError::BadHeader);
    cursor.skip_spaces();
    if (!take_value(cursor, text)) return base::fail(IdentityError::BadHeader);
    cursor.skip_spaces();
    std::string_view* const into = base::iequals(name, "info")  ? &header.info
                                   : base::iequals(name, "alg") ? &header.alg
                                   : base::iequals(name, "ppt") ? &header.ppt
                                                                : nullptr;
    if (into == nullptr) continue;
    // Do not let an attacker choose which of the two values is used.
    if (into->data() != nullptr) return base::fail(IdentityError::BadHeader);
    *into = text;
  }
  if (!cursor.at_end() || header.info.empty()) return base::fail(IdentityError::BadHeader);
  return header;
}

}  // namespace offhook::inline v0::sip
