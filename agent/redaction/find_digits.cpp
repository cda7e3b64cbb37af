#include <offhook/agent/redaction/findings.hpp>
#include <offhook/agent/redaction/number_words.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent::redaction {

namespace {

using TokenKind = TextToken::Kind;
constexpr std::size_t kMaxGap = 6;                      // characters between two digits of one number
constexpr unsigned kMaxWordsBetween = 2;                // words such as "and" and "dash" between two digits of one number
constexpr std::size_t kLeastCard = 13, kMostCard = 19;  // digits of a card number: ISO/IEC 7812-1
constexpr std::size_t kMostChecked = 400;               // limit of has_card(), which no caller reaches: a run of more digits counts as a card without a check
constexpr std::string_view kDigits = "[digits]", kCard = "[card]";

/// A number under construction: the count of its digits, and their values as far as they are known.
struct Run {
  std::size_t begin = 0, end = 0;  // indices of points; `end` is exclusive
  std::size_t digits = 0;
  std::string known;               // '?' for an unknown digit
  std::vector<std::size_t> edges;  // edges of digit groups, as positions in `known`
  unsigned repeat = 1;             // how often the next digit is repeated: 2 in "double four"
  bool open_tens = false;          // true: a unit that follows replaces the zero of the tens, as in "forty two"
};

void add_unit(Run& run, unsigned digit) {
  const std::size_t count = std::exchange(run.repeat, 1);
  if (std::exchange(run.open_tens, false)) {
    run.known.back() = static_cast<char>('0' + digit);
    return;  // "forty two" has as many digits as "forty".
  }
  run.digits += count;
  run.known.append(count, static_cast<char>('0' + digit));
}

void add_word(Run& run, const NumberWord& word) {
  if (word.kind == NumberWord::Kind::Unit) return add_unit(run, word.value);
  if (word.kind == NumberWord::Kind::Repeat) {
    run.repeat = word.value;
    return;
  }
  run.open_tens = word.kind == NumberWord::Kind::Tens || word.kind == NumberWord::Kind::Hundred;
  run.repeat = 1;
  run.digits += word.value;
  run.known.append(word.value, '?');
}

bool is_card(std::string_view digits) {
  if (digits.front() < '2' || digits.front() > '6') return false;  // ISO/IEC 7812-1: the first digits of travel, banking and merchandising
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const char c = digits[digits.size() - 1 - i];
    if (c == '?') return false;
    const auto digit = static_cast<unsigned>(c - '0');
    sum += i % 2 == 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
  }
  return sum % 10 == 0;
}

/// Returns true if some whole groups of digits in a row are a card number: callers often say the card's date and check code in the same run.
bool has_card(const Run& run) {
  for (const std::size_t from : run.edges) {
    for (const std::size_t to : run.edges) {
      if (to < from + kLeastCard || to > from + kMostCard) continue;
      if (is_card(std::string_view(run.known).substr(from, to - from))) return true;
    }
  }
  return false;
}

class Finder {
 public:
  Finder(const TextPoints& points, const TextTokens& tokens, unsigned digits_from, bool cards, Findings& out)
      : points_(points), tokens_(tokens), digits_from_(digits_from), cards_(cards), out_(out) {}

  void find() {
    for (std::size_t i = 0; i < tokens_.size();) {
      Run run;
      const std::size_t next = read(i, run);
      report(run);
      i = std::max(next, i + 1);
    }
  }

 private:
  /// Appends the token to the run. Returns false if the token is not part of a number.
  bool take(const TextToken& token, Run& run) const {
    if (token.kind == TokenKind::Digits) {
      run.open_tens = false;
      for (std::size_t at = token.begin; at < token.end; ++at) add_unit(run, static_cast<unsigned>(digit_of(points_[at].code)));
    } else if (const auto word = token.kind == TokenKind::Word ? number_word(token.word) : std::nullopt) {
      add_word(run, *word);
    } else {
      return false;
    }
    run.end = token.end;
    run.edges.push_back(run.known.size());
    return true;
  }

  /// Reads the longest run that begins at token `i`. Returns the index of the token after the run, or `i` if no run begins there.
  std::size_t read(std::size_t i, Run& run) const {
    run.begin = tokens_[i].begin;
    run.edges.push_back(0);
    if (!take(tokens_[i], run)) return i;
    std::size_t behind = i + 1;
    unsigned between = 0;
    for (std::size_t at = behind; at < tokens_.size(); ++at) {
      const TextToken& token = tokens_[at];
      const bool is_gap = token.kind == TokenKind::Gap && token.end - token.begin <= kMaxGap;
      if (is_gap) continue;
      if (take(token, run)) {
        behind = at + 1;
        between = 0;
      } else if (token.kind != TokenKind::Word || !is_between_digits(token.word) || ++between > kMaxWordsBetween) {
        break;
      }
    }
    return behind;
  }

  void report(const Run& run) {
    if (run.digits == 0) return;
    if (cards_ && (run.digits > kMostChecked || has_card(run))) {
      out_.push_back({run.begin, run.end, kCard});
    } else if (digits_from_ != 0 && run.digits >= digits_from_) {
      out_.push_back({run.begin, run.end, kDigits});
    }
  }

  const TextPoints& points_;
  const TextTokens& tokens_;
  unsigned digits_from_;
  bool cards_;
  Findings& out_;
};

}  // namespace

void find_digits(const TextPoints& points, const TextTokens& tokens, unsigned digits_from, bool cards, Findings& out) {
  Finder(points, tokens, digits_from, cards, out).find();
}

}  // namespace offhook::inline v0::agent::redaction
