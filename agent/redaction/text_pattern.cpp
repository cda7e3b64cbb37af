#include <offhook/agent/redaction/text_pattern.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::redaction {

namespace {

bool is_word(char32_t code) {
  return is_letter(code) || digit_of(code) >= 0;
}

}  // namespace

std::string_view to_string(PatternError error) {
  switch (error) {
    case PatternError::Empty:
      return "it is empty";
    case PatternError::TooLong:
      return "it is too long";
    case PatternError::TooWide:
      return "it would match everything: it needs a literal character, a # or an @";
    case PatternError::DanglingBackslash:
      return "it ends in a backslash";
  }
  return "it cannot be used";
}

bool TextPattern::Element::takes(char32_t c) const {
  switch (kind) {
    case Kind::Literal:
      return lower_case(c) == code;
    case Kind::Digit:
      return digit_of(c) >= 0;
    case Kind::Letter:
      return is_letter(c);
    case Kind::Any:
      return true;
    case Kind::Star:
      return is_word(c) || is_dash(c) || c == '_';
    case Kind::Blank:
      return is_blank(c);
  }
  return false;
}

base::Result<TextPattern, PatternError> TextPattern::parse(std::string_view written) {
  using Kind = Element::Kind;
  TextPattern pattern;
  const TextPoints points = points_of(written);
  bool is_wide = true;
  for (std::size_t i = 0; i < points.size(); ++i) {
    char32_t code = points[i].code;
    Kind kind = code == '#'   ? Kind::Digit
                : code == '@' ? Kind::Letter
                : code == '?' ? Kind::Any
                : code == '*' ? Kind::Star
                : code == ' ' ? Kind::Blank
                              : Kind::Literal;
    if (code == '\\') {
      if (++i == points.size()) return base::fail(PatternError::DanglingBackslash);
      code = points[i].code;
      kind = Kind::Literal;
    }
    is_wide = is_wide && (kind == Kind::Any || kind == Kind::Star || kind == Kind::Blank);
    if (pattern.elements_.size() == kMaxPatternElements) return base::fail(PatternError::TooLong);
    pattern.elements_.push_back({kind, lower_case(code)});
  }
  if (pattern.elements_.empty()) return base::fail(PatternError::Empty);
  if (is_wide) return base::fail(PatternError::TooWide);
  return pattern;
}

/// Adds the states after stars, because a star may match no character.
std::uint64_t TextPattern::past_stars(std::uint64_t states) const {
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if ((states >> i & 1U) != 0 && elements_[i].kind == Element::Kind::Star) states |= std::uint64_t{1} << (i + 1);
  }
  return states;
}

std::size_t TextPattern::match(const TextPoints& text, std::size_t from) const {
  const std::size_t end = std::min(text.size(), from + kMaxMatch);
  const bool touches_before = from > 0 && from < end && is_word(text[from - 1].code) && is_word(text[from].code);
  if (touches_before) return 0;
  std::uint64_t states = past_stars(1);
  std::size_t longest = 0;
  for (std::size_t at = from; at < end && states != 0; ++at) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if ((states >> i & 1U) == 0 || !elements_[i].takes(text[at].code)) continue;
      next |= std::uint64_t{1} << (elements_[i].kind == Element::Kind::Star ? i : i + 1);
    }
    states = past_stars(next);
    const bool touches_behind = at + 1 < text.size() && is_word(text[at].code) && is_word(text[at + 1].code);
    if ((states >> elements_.size() & 1U) != 0 && !touches_behind) longest = at + 1 - from;
  }
  return longest;
}

}  // namespace offhook::inline v0::agent::redaction
