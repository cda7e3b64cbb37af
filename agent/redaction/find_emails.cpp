#include <offhook/agent/redaction/findings.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::redaction {

namespace {

using TokenKind = TextToken::Kind;
constexpr std::size_t kMaxLocal = 64, kMaxDomain = 255;  // RFC 5321 section 4.5.3.1
constexpr std::string_view kEmail = "[email]";

bool is_at(char32_t code) {
  return code == '@' || code == 0xff20 || code == 0xfe6b;
}

bool is_local(char32_t code) {
  constexpr std::u32string_view kMarks = U".!#$%&'*+/=?^_`{|}~-";
  return is_letter(code) || digit_of(code) >= 0 || kMarks.find(code) != std::u32string_view::npos;
}

bool is_domain(char32_t code) {
  return is_letter(code) || digit_of(code) >= 0 || code == '.' || code == '-';
}

void find_written(const TextPoints& points, Findings& out) {
  for (std::size_t at = 0; at < points.size(); ++at) {
    if (!is_at(points[at].code)) continue;
    std::size_t begin = at, end = at + 1;
    if (begin > 0 && is_blank(points[begin - 1].code)) --begin;  // "john @ example.com"
    if (end < points.size() && is_blank(points[end].code)) ++end;
    const std::size_t local_end = begin, domain_begin = end;
    while (begin > 0 && local_end - begin < kMaxLocal && is_local(points[begin - 1].code)) --begin;
    while (end < points.size() && end - domain_begin < kMaxDomain && is_domain(points[end].code)) ++end;
    const bool has_dot =
        std::any_of(points.begin() + static_cast<std::ptrdiff_t>(domain_begin), points.begin() + static_cast<std::ptrdiff_t>(end),
                    [](const TextPoint& p) { return p.code == '.'; });
    const bool touches =
        local_end == at && domain_begin == at + 1;  // An address without blanks around its @ needs no dot: "root@localhost".
    if (begin < local_end && end > domain_begin && (has_dot || touches)) out.push_back({begin, end, kEmail});
  }
}

bool is_one_of(const TextToken& token, std::initializer_list<std::string_view> words) {
  return token.kind == TokenKind::Word && std::find(words.begin(), words.end(), token.word) != words.end();
}

bool says_at(const TextToken& token) {
  return is_one_of(token, {"at", "arroba", "chiocciola", "arobase", "klammeraffe", "aet", "ett", "et"});
}

bool says_joint(const TextToken& token) {
  return is_one_of(token, {"dot", "punkt", "punto", "point", "ponto", "dash", "hyphen",
                           "minus", "strich", "bindestrich", "tiret", "guion", "trattino", "traco",
                           "underscore", "unterstrich", "underline", "bajo", "basso", "soulignement"});
}

bool is_top_domain(const TextToken& token) {
  return is_one_of(token,
                   {"com", "org", "net", "info", "biz", "edu", "gov", "mil", "io", "eu", "de", "at", "ch",
                    "fr", "es", "it", "pt", "br", "uk", "us", "ca", "au", "nl", "be", "pl", "cz",
                    "dk", "se", "no", "fi", "ie", "mx", "ar", "cl", "co", "app", "dev", "ai", "me",
                    "tv", "cloud", "online", "shop", "mail", "local", "example", "test", "museum", "berlin", "cat", "xyz"});
}

/// Returns the indices of all tokens that are not gaps.
std::vector<std::size_t> spoken(const TextTokens& tokens) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::Gap) indices.push_back(i);
  }
  return indices;
}

class Spoken {
 public:
  Spoken(const TextPoints& points, const TextTokens& tokens) : points_(points), tokens_(tokens), order_(spoken(tokens)) {}

  void find(Findings& out) const {
    for (std::size_t i = 1; i + 1 < order_.size(); ++i) {
      if (!says_at(token(i)) || !is_part(i - 1)) continue;
      const std::size_t end = domain_from(i + 1);
      if (end != 0) out.push_back({token(local_until(i - 1)).begin, token(end).end, kEmail});
    }
  }

 private:
  const TextToken& token(std::size_t i) const { return tokens_[order_[i]]; }
  bool is_part(std::size_t i) const { return token(i).kind == TokenKind::Word || token(i).kind == TokenKind::Digits; }
  /// Returns true if exactly one dot separates token `i` from the next token: "example.com".
  bool dot_behind(std::size_t i) const {
    if (i + 1 >= order_.size() || order_[i + 1] != order_[i] + 2) return false;
    const TextToken& gap = tokens_[order_[i] + 1];
    return gap.end - gap.begin == 1 && points_[gap.begin].code == '.';
  }
  /// Returns the last token of the domain that begins at `i`; 0 if there is none.
  std::size_t domain_from(std::size_t i) const {
    constexpr std::size_t kMostParts = 10;
    std::size_t found = 0;
    for (std::size_t parts = 0; parts < kMostParts && i < order_.size() && is_part(i); ++parts) {
      std::size_t next = 0;
      if (dot_behind(i))
        next = i + 1;
      else if (i + 2 < order_.size() && says_joint(token(i + 1)))
        next = i + 2;
      if (next == 0) break;
      if (is_top_domain(token(next))) found = next;
      i = next;
    }
    return found;
  }
  /// Returns the first token of the local part that ends at `i`. The parts are joined by words such as "dot", or are single spelled letters.
  std::size_t local_until(std::size_t i) const {
    constexpr std::size_t kMostParts = 40;
    for (std::size_t parts = 0; parts < kMostParts && i > 0; ++parts) {
      if (i >= 2 && says_joint(token(i - 1)) && is_part(i - 2)) {
        i -= 2;
      } else if (token(i).end - token(i).begin == 1 && is_part(i - 1) && token(i - 1).end - token(i - 1).begin == 1) {
        --i;
      } else {
        break;
      }
    }
    return i;
  }

  const TextPoints& points_;
  const TextTokens& tokens_;
  std::vector<std::size_t> order_;
};

}  // namespace

void find_emails(const TextPoints& points, const TextTokens& tokens, Findings& out) {
  find_written(points, out);
  Spoken(points, tokens).find(out);
}

}  // namespace offhook::inline v0::agent::redaction
