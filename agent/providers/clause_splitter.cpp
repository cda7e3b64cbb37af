#include <offhook/agent/providers/clause_splitter.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace offhook::inline v0::agent {

namespace {

constexpr bool is_space(std::uint32_t c) { return c == ' ' || c == '\n'; }
constexpr bool is_digit(std::uint32_t c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(std::uint32_t c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(std::uint32_t c) { return c >= 'a' && c <= 'z'; }
/// Returns true for an East Asian character. Each of them counts as a word, because most of these scripts have no spaces between
/// words.
constexpr bool is_ideograph(std::uint32_t c) {
  return (c >= 0x3040 && c < 0xa000) || (c >= 0xac00 && c < 0xd7b0) || (c >= 0x20000 && c < 0x30000);
}
constexpr bool is_speakable(std::uint32_t c) {
  if (c < 0x80) return is_digit(c) || is_upper(c) || is_lower(c) || c == '*' || c == '#';
  return c >= 0xaa && !(c >= 0x2000 && c < 0x2070) && !(c >= 0x3000 && c < 0x3003) && !(c >= 0xff00 && c < 0xff10) && c != 0xab &&
         c != 0xbb && c != 0xb7 && c != 0xbf;
}

enum class Mark { None, Stop, Strong, Wide, Weak };
/// Classifies a punctuation mark. Stop: a full stop, which need not end a sentence. Strong: it ends a sentence. Wide: it ends a sentence
/// even without a space after it. Weak: it ends a clause.
Mark mark_of(std::uint32_t c) {
  switch (c) {
    case '.': return Mark::Stop;
    case '!': case '?': case '\n': case 0x2026: case 0x61f: case 0x964: return Mark::Strong;  // 0x2026: ellipsis; 0x61f: Arabic; 0x964: Hindi.
    case 0x3002: case 0xff01: case 0xff1f: return Mark::Wide;
    case ',': case ';': case ':': case 0x2014: case 0x60c: case 0x61b: case 0x3001: case 0xff0c: case 0xff1b: case 0xff1a:
      return Mark::Weak;
  }
  return Mark::None;
}

bool is_closer(std::uint32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201d || c == 0x2019 || c == 0xbb || c == 0x300d || c == 0xff09;
}

/// Abbreviations that never end a sentence, because a name or another word follows.
constexpr std::array<std::string_view, 34> kBeforeMore{
    "mr", "mrs", "ms", "mx", "dr", "prof", "st", "hr", "fr", "sr", "sra", "mme", "mlle", "rev", "hon", "gen", "col",
    "sgt", "lt", "capt", "vs", "e.g", "i.e", "z.b", "d.h", "approx", "bzw", "ca", "nr", "str", "tel", "fig", "p.ej", "cf"};
/// Abbreviations that end a sentence unless a lower-case letter or a digit follows.
constexpr std::array<std::string_view, 28> kPerhaps{"etc", "inc", "ltd", "co", "corp", "jr", "a.m", "p.m", "am", "pm",
                                                    "dept", "ave", "blvd", "rd", "apt", "ext", "min", "sec", "hrs", "usw",
                                                    "jan", "feb", "aug", "sept", "oct", "nov", "dec", "bros"};
/// Words that are abbreviations only before a number.
constexpr std::array<std::string_view, 4> kBeforeNumbers{"no", "nos", "p", "pp"};

/// German words after which a number with a full stop is an ordinal, and not the end of a sentence: "am 3. Mai", "der 1. Stock".
constexpr std::array<std::string_view, 20> kBeforeOrdinals{"am", "vom", "zum", "der", "die", "das", "dem", "den", "des", "im",
                                                           "bis", "ab", "seit", "ihr", "ihre", "unser", "unsere", "jede", "jeden", "jeder"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view word_before(std::string_view text, std::size_t at) {
  const std::size_t space = text.substr(0, at).find_last_of(" \n(\"'");
  return text.substr(space == std::string_view::npos ? 0 : space + 1, at - (space == std::string_view::npos ? 0 : space + 1));
}

std::string lower_of(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return is_upper(static_cast<unsigned char>(c)) ? static_cast<char>(c + 32) : c; });
  return lower;
}

bool is_address(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.starts_with("www.") || word.find('@') != std::string_view::npos;
}

/// Returns true if `word` is a single capital letter, or ends with one after a full stop: J. Smith, U.S. The word I does not count.
bool is_initial(std::string_view word) {
  if (word.empty() || !is_upper(static_cast<unsigned char>(word.back())) || word == "I") return false;
  return word.size() == 1 || word[word.size() - 2] == '.';
}

/// Returns true if `word`, which the full stop at `at` follows, is a German ordinal.
bool is_ordinal(std::string_view text, std::string_view word, std::size_t at) {
  if (word.empty() || word.size() > 2 || !std::all_of(word.begin(), word.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)); }))
    return false;
  const std::size_t space = at - word.size();
  return space > 0 && is_one_of(lower_of(word_before(text, space - 1)), kBeforeOrdinals);
}

enum class Ends { Yes, No, Unknown };

/// Decides whether the full stop at `at` ends a sentence. `next` is the first character after the full stop that is not a space; 0 if
/// it is not known yet.
Ends stop_ends(std::string_view text, std::size_t at, std::uint32_t next, bool at_end) {
  if (at_end && next == 0) return Ends::Yes;
  const std::string_view word = word_before(text, at);
  const std::string lower = lower_of(word);
  if (is_one_of(lower, kBeforeMore) || is_ordinal(text, word, at)) return Ends::No;
  const bool by_next = is_one_of(lower, kPerhaps) || is_one_of(lower, kBeforeNumbers) || is_initial(word) ||
                       (!word.empty() && is_digit(static_cast<unsigned char>(word.back()))) || word.empty() || word.back() == '.';
  if (!by_next) return Ends::Yes;
  if (next == 0) return Ends::Unknown;
  if (is_one_of(lower, kBeforeNumbers)) return is_digit(next) ? Ends::No : Ends::Yes;
  if (is_initial(word)) return Ends::No;
  return is_lower(next) || is_digit(next) ? Ends::No : Ends::Yes;
}

/// A punctuation mark and its surroundings.
struct Place {
  Mark mark = Mark::None;
  std::uint32_t code = 0;
  std::size_t at = 0, end = 0;       ///< `at`: position of the mark; `end`: position after it and after the quotes and marks that belong to it
  std::uint32_t next = 0, after = 0; ///< `next`: the character at `end`; `after`: the next character that is not a space; 0: not known yet
  bool open = false;                 ///< true: the text so far ends here, and more may follow without a space

  [[nodiscard]] bool apart() const { return next == 0 || is_space(next); }
};

Place look_at(std::string_view text, std::size_t at, const Utf8Char& c, Mark mark, bool at_end) {
  Place place{mark, c.code, at, at + c.length};
  const auto belongs = [&](std::uint32_t next) {
    if (c.code == '\n' || next == '\n') return false;
    return is_closer(next) || (mark != Mark::Weak && (mark_of(next) == Mark::Stop || mark_of(next) == Mark::Strong));
  };
  while (place.end < text.size()) {
    const Utf8Char next = first_utf8(text.substr(place.end));
    if (!belongs(next.code)) {
      place.next = next.code;
      break;
    }
    place.end += next.length;
  }
  place.open = place.next == 0 && !at_end;
  const std::size_t after = text.find_first_not_of(" \n", place.end);
  if (after != std::string_view::npos) place.after = first_utf8(text.substr(after)).code;
  return place;
}

bool sentence_ends(std::string_view text, const Place& place, bool at_end) {
  if (place.mark == Mark::Wide || place.code == '\n') return true;
  if (place.mark == Mark::Stop)
    return !place.open && place.apart() && (place.next == '\n' || stop_ends(text, place.at, place.after, at_end) == Ends::Yes);
  if (is_address(word_before(text, place.at)) && (!place.apart() || place.open)) return false;
  const bool trails_off = place.code == 0x2026 && (place.open || is_lower(place.after) || place.after == 0);
  return !trails_off && (place.apart() || is_upper(place.next));
}

/// Returns true if a clause ends at the weak mark of `place`. While the next character is not known, only a comma that follows no digit
/// ends a clause, and so does each mark outside ASCII.
bool clause_ends(std::string_view text, const Place& place) {
  if (place.code >= 0x80) return true;
  const bool glued = place.at > 0 && is_digit(static_cast<unsigned char>(text[place.at - 1]));  // as in 1,000 and 10:30
  return place.open ? !glued && place.code == ',' : place.apart();
}

}  // namespace

void ClauseSplitter::feed(std::string_view text, std::vector<std::string>& out) {
  text_ += plain_.feed(text);
  split(false, out);
}

void ClauseSplitter::finish(std::vector<std::string>& out) {
  text_ += plain_.finish();
  split(true, out);
  give(text_, out);
  text_.clear();
}

void ClauseSplitter::split(bool at_end, std::vector<std::string>& out) {
  for (;;) {
    auto end = find_end(at_end);
    if (!end) end = find_cut();
    if (!end) return;
    give(std::string_view(text_).substr(0, *end), out);
    text_.erase(0, *end);
  }
}

/// Returns the position after the first clause that is complete; nullopt if there is none.
std::optional<std::size_t> ClauseSplitter::find_end(bool at_end) const {
  const std::string_view text = text_;
  std::size_t words = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = first_utf8(text.substr(at));
    const bool counts = is_speakable(c.code);
    if (counts && (!in_word || is_ideograph(c.code))) ++words;
    in_word = counts || (in_word && !is_space(c.code));
    const Mark mark = mark_of(c.code);
    if (mark == Mark::None || words == 0) {
      at += c.length;
      continue;
    }
    const Place place = look_at(text, at, c, mark, at_end);
    const bool may_pause = first_ && words >= limits_.first_words;
    if (mark == Mark::Weak ? may_pause && clause_ends(text, place) : sentence_ends(text, place, at_end)) return place.end;
    at = place.end;
  }
  return std::nullopt;
}

/// Returns the position at which to cut a long text without punctuation, so that neither the caller's wait nor the memory grows
/// without bound.
std::optional<std::size_t> ClauseSplitter::find_cut() const {
  const std::size_t most = first_ ? limits_.first_chars : limits_.chars;
  if (text_.size() <= most) return std::nullopt;  // A text has no more characters than octets.
  std::size_t chars = 0, at = 0, space = 0;
  for (; at < text_.size() && chars < most; ++chars) {
    at += first_utf8(std::string_view(text_).substr(at)).length;
    if (at < text_.size() && text_[at] == ' ') space = at;
  }
  if (chars < most || at >= text_.size()) return std::nullopt;
  return space > 0 ? space : at;
}

void ClauseSplitter::give(std::string_view clause, std::vector<std::string>& out) {
  std::string text;
  bool speakable = false;
  for (std::size_t at = 0; at < clause.size();) {
    const Utf8Char c = first_utf8(clause.substr(at));
    const std::string_view piece = clause.substr(at, c.length);
    at += c.length;
    if (is_space(c.code)) {
      if (!text.empty() && text.back() != ' ') text += ' ';
      continue;
    }
    if (!speakable && (is_closer(c.code) || (mark_of(c.code) != Mark::None && c.code != '.')))
      continue;  // A mark before the first letter or digit belongs to the previous clause.
    if (c.code == ',' && !text.empty() && text.back() == ' ') text.pop_back();
    speakable = speakable || is_speakable(c.code);
    text += piece;
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (!speakable) return;
  const std::uint32_t last = last_utf8(text);
  if (clause.ends_with('\n') && (is_digit(last) || is_lower(last) || is_upper(last)))
    text += '.';  // The text is a heading or an item of a list: a full stop makes the voice pause.
  first_ = false;
  out.push_back(std::move(text));
}

}  // namespace offhook::inline v0::agent
