#include <offhook/agent/redaction/answer_words.hpp>
#include <offhook/agent/redaction/findings.hpp>

#include <string_view>

namespace offhook::inline v0::agent::redaction {

namespace {

using TokenKind = TextToken::Kind;

TokenKind kind_of(char32_t code) {
  if (digit_of(code) >= 0) return TokenKind::Digits;
  if (is_letter(code)) return TokenKind::Word;
  constexpr std::u32string_view kBetweenTokens = U"./,()+_'*#|\u00b7\u2022";
  return is_blank(code) || is_dash(code) || kBetweenTokens.find(code) != std::u32string_view::npos ? TokenKind::Gap : TokenKind::Other;
}

}  // namespace

TextTokens tokens_of(std::string_view text, const TextPoints& points) {
  TextTokens tokens;
  for (std::size_t at = 0; at < points.size();) {
    TextToken token{kind_of(points[at].code), at, at, {}};
    while (token.end < points.size() && kind_of(points[token.end].code) == token.kind) ++token.end;
    if (token.kind == TokenKind::Word) {
      const std::size_t from = points[token.begin].at, to = points[token.end - 1].at + points[token.end - 1].length;
      token.word = folded(text.substr(from, to - from));
    }
    at = token.end;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace offhook::inline v0::agent::redaction
