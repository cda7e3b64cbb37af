#include <offhook/agent/providers/spoken_text.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

constexpr std::size_t kMaxRule = 100;     // longest line that consists only of marks, in octets
constexpr std::size_t kMaxFenceWord = 40;
constexpr std::size_t kMaxLinkText = 300, kMaxTag = 120;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_word(char c) { return is_digit(c) || is_letter(c); }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_in(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

struct Range {
  std::uint32_t first, last;
};
/// Characters that cannot be spoken: pictures, arrows, joiners, variation selectors, and characters without width.
constexpr std::array<Range, 13> kUnspoken{{{0xad, 0xad},
                                           {0x200b, 0x200f},
                                           {0x202a, 0x202e},
                                           {0x2060, 0x206f},
                                           {0x20e3, 0x20e3},
                                           {0x2190, 0x21ff},
                                           {0x2300, 0x23ff},
                                           {0x2460, 0x27bf},
                                           {0x2900, 0x297f},
                                           {0x2b00, 0x2bff},
                                           {0xfe00, 0xfe0f},
                                           {0xfeff, 0xfeff},
                                           {0x1f000, 0x1faff}}};

bool is_unspoken(std::uint32_t code) {
  if (code >= 0xe0000) return true;  // Tag characters of flags, and private use.
  return std::any_of(kUnspoken.begin(), kUnspoken.end(),
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t run_of(char c, std::string_view text) { return std::min(text.find_first_not_of(c), text.size()); }

/// Returns the text of a link without marks of emphasis and without characters that cannot be spoken.
std::string without_marks(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const Utf8Char c = first_utf8(text);
    const bool marks = c.code < 0x80 && is_in(static_cast<char>(c.code), "*`![");
    const bool said = c.state == Utf8Char::State::Good && c.code >= 0x20 && c.code != 0x7f && !marks && !is_unspoken(c.code);
    if (said) plain += text.substr(0, c.length);
    text.remove_prefix(c.length);
  }
  return plain;
}

struct Entity {
  std::string_view name, text;
};
constexpr std::array<Entity, 7> kEntities{
    {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", " "}, {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}}};

}  // namespace

std::string SpokenText::feed(std::string_view text) {
  held_ += text;
  return run();
}

std::string SpokenText::finish() {
  finished_ = true;
  std::string rest = run();
  held_.clear();
  return rest;
}

std::string SpokenText::run() {
  std::size_t at = 0;
  while (at < held_.size()) {
    const Step octets = step(std::string_view(held_).substr(at, kMaxHeld));  // With this bound, the split of the input does not change the result.
    if (octets == 0) break;
    at += octets;
  }
  held_.erase(0, at);
  return std::exchange(out_, {});
}

void SpokenText::put(std::string_view text) {
  if (text.empty()) return;
  if (newlines_ > 0) end_line_before(text.front(), false);
  out_ += text;
  before_ = text.back();
}

/// Ends the last line before new text that begins with `first`. A single line break before a lower-case letter becomes a space, because
/// it only wraps the line.
void SpokenText::end_line_before(char first, bool marked) {
  const unsigned newlines = std::exchange(newlines_, 0);
  if (newlines == 0 || before_ == '\n') return;
  const bool goes_on = !marked && newlines == 1 && first >= 'a' && first <= 'z';
  out_ += goes_on ? ' ' : '\n';
  before_ = out_.back();
}

SpokenText::Step SpokenText::step(std::string_view rest) {
  const char c = rest.front();
  if (c == '\n') {
    ++newlines_;
    line_start_ = true;
    table_ = false;
    return 1;
  }
  return line_start_ ? line_start(rest) : inline_text(rest);
}

SpokenText::Step SpokenText::take_marker(std::size_t octets) {
  end_line_before(' ', true);
  return octets;
}

/// Handles the beginning of a line: marks of blocks, and lines that consist only of marks.
SpokenText::Step SpokenText::line_start(std::string_view rest) {
  const char c = rest.front();
  if (is_space(c)) return 1;
  if (first_utf8(rest).state == Utf8Char::State::Cut && !finished_) return 0;
  if (c == '>') return take_marker(1);
  const std::string_view fence = c == '`' ? "```" : "~~~";
  if (c == '`' || c == '~') {
    if (rest.size() < fence.size() && fence.starts_with(rest) && undecided(rest)) return 0;
    if (rest.starts_with(fence)) {
      const std::string_view head = rest.substr(0, kMaxFenceWord + 1);  // Ignore later text, so that the result does not depend on the split of the input.
      const std::size_t end = head.find('\n');
      if (end == std::string_view::npos && head.size() <= kMaxFenceWord && undecided(rest)) return 0;
      return take_marker(end != std::string_view::npos ? end : run_of(c, head));
    }
  }
  if (is_in(c, "-*_=|:")) {
    const std::size_t end = std::min(rest.find_first_not_of("-*_=|: \t\r"), rest.size());
    if (end == rest.size() && end < kMaxRule && undecided(rest)) return 0;
    if (end >= 3 && end < kMaxRule && (end == rest.size() || rest[end] == '\n')) return take_marker(end);
  }
  if (c == '#') {
    const std::size_t marks = run_of('#', rest);
    if (marks == rest.size() && undecided(rest)) return 0;
    if (marks <= 6 && marks < rest.size() && rest[marks] == ' ') return take_marker(marks + 1);
  }
  if (c == '|') {
    table_ = true;
    return take_marker(1);
  }
  if (is_in(c, "-*+")) {
    if (rest.size() == 1 && undecided(rest)) return 0;
    if (rest.size() > 1 && (rest[1] == ' ' || rest[1] == '\t')) return take_marker(2);
  }
  if (rest.starts_with("\xe2\x80\xa2")) return take_marker(3);  // The bullet character U+2022.
  if (is_digit(c)) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits <= 3 && digits + 1 >= rest.size() && undecided(rest)) return 0;
    if (digits <= 3 && digits + 1 < rest.size() && is_in(rest[digits], ".)") && rest[digits + 1] == ' ') {
      end_line_before(' ', true);
      line_start_ = false;
      put(std::string(rest.substr(0, digits)) + ",");
      return digits + 1;
    }
  }
  line_start_ = false;
  return inline_text(rest);
}

SpokenText::Step SpokenText::inline_text(std::string_view rest) {
  switch (rest.front()) {
    case '*': return asterisk(rest);
    case '_': return underscore(rest);
    case '`': return run_of('`', rest);
    case '[': return link(rest);
    case '<': return tag(rest);
    case '&': return entity(rest);
    case '~': {
      const std::size_t marks = run_of('~', rest);
      if (marks == rest.size() && undecided(rest)) return 0;
      if (marks == 1) put("~");
      return marks;
    }
    case '|': {
      const std::size_t next = std::min(rest.find_first_not_of(" \t", 1), rest.size());
      if (next == rest.size() && undecided(rest)) return 0;
      if (next < rest.size() && rest[next] != '\n') put(table_ ? ", " : " ");
      return next;
    }
    case '!':  // It may begin an image, unless it follows a word: then it ends a sentence, and there is no need to wait for more text.
      if (!is_space(before_)) break;
      if (rest.size() == 1 && undecided(rest)) return 0;
      if (rest.size() > 1 && rest[1] == '[') return 1;
      break;
    case '\\':
      if (rest.size() == 1 && undecided(rest)) return 0;
      if (rest.size() > 1 && is_in(rest[1], "\\`*_{}[]()<>#+-.!|~")) {
        put(rest.substr(1, 1));
        return 2;
      }
      break;
  }
  return character(rest);
}

/// Handles asterisks. Emphasis touches a word; a separate asterisk is a key of the telephone.
SpokenText::Step SpokenText::asterisk(std::string_view rest) {
  const std::size_t marks = run_of('*', rest);
  if (marks == rest.size() && undecided(rest)) return 0;
  const char after = marks < rest.size() ? rest[marks] : ' ';
  const bool alone = is_space(before_) && !is_word(after) && !is_in(after, "[(\"'_`$");
  if (marks == 1 && (alone || (is_digit(before_) && is_digit(after)))) put("*");
  return marks;
}

SpokenText::Step SpokenText::underscore(std::string_view rest) {
  const std::size_t marks = run_of('_', rest);
  if (marks == rest.size() && undecided(rest)) return 0;
  const char after = marks < rest.size() ? rest[marks] : ' ';
  if (is_word(before_) && is_word(after)) put(rest.substr(0, marks));
  return marks;
}

SpokenText::Step SpokenText::link(std::string_view rest) {
  const std::size_t close = rest.substr(0, kMaxLinkText).find_first_of("]\n");
  if (close == std::string_view::npos && rest.size() < kMaxLinkText && undecided(rest)) return 0;
  if (close == std::string_view::npos || rest[close] == '\n') {
    put("[");
    return 1;
  }
  const std::string_view text = rest.substr(1, close - 1);
  if (close + 1 == rest.size() && undecided(rest)) return 0;
  const char after = close + 1 < rest.size() ? rest[close + 1] : ' ';
  const bool footnote = !text.empty() && after != '(' && (text.front() == '^' || std::all_of(text.begin(), text.end(), is_digit));
  if (footnote) return close + 1;
  if (after == '(' || after == '[') {
    const std::size_t end = rest.find(after == '(' ? ')' : ']', close + 2);
    if (end == std::string_view::npos && undecided(rest)) return 0;
    put(without_marks(text));
    return end == std::string_view::npos ? close + 1 : end + 1;
  }
  put("[");  // The text in brackets is not a link.
  return 1;
}

SpokenText::Step SpokenText::tag(std::string_view rest) {
  if (rest.size() == 1 && undecided(rest)) return 0;
  if (rest.size() == 1 || (!is_letter(rest[1]) && rest[1] != '/' && rest[1] != '!')) return character(rest);
  const std::size_t close = rest.substr(0, kMaxTag).find_first_of(">\n");
  if (close == std::string_view::npos && rest.size() < kMaxTag && undecided(rest)) return 0;
  if (close == std::string_view::npos || rest[close] == '\n') return character(rest);
  const std::string_view inside = rest.substr(1, close - 1);
  if (inside.find("://") != std::string_view::npos || inside.find('@') != std::string_view::npos) {
    put(without_marks(inside));
  } else if (inside.starts_with("br") || inside.starts_with("/p") || inside.starts_with("li")) {
    put(" ");
  }
  return close + 1;
}

SpokenText::Step SpokenText::entity(std::string_view rest) {
  for (const Entity& entity : kEntities) {
    if (rest.starts_with(entity.name)) {
      put(entity.text);
      return entity.name.size();
    }
    if (entity.name.starts_with(rest) && undecided(rest)) return 0;
  }
  return character(rest);
}

SpokenText::Step SpokenText::character(std::string_view rest) {
  const Utf8Char c = first_utf8(rest);
  if (c.state == Utf8Char::State::Cut && !finished_) return 0;
  if (c.state != Utf8Char::State::Good || is_unspoken(c.code)) return c.length;
  if (c.code < 0x20 || c.code == 0x7f || c.code == 0xa0) {
    if (!is_space(before_)) put(" ");
    return c.length;
  }
  put(rest.substr(0, c.length));
  return c.length;
}

}  // namespace offhook::inline v0::agent
