#include <offhook/agent/redaction/findings.hpp>

#include <string>

namespace offhook::inline v0::agent::redaction {

namespace {

constexpr std::size_t kLeastIban = 15, kMostIban = 34;  // ISO 13616-1; Norway has the shortest IBANs
constexpr std::string_view kIban = "[iban]";

/// Returns the digit as '0' to '9', or the letter as 'A' to 'Z'; NUL for any other character.
char plain(char32_t code) {
  if (const int digit = digit_of(code); digit >= 0) return static_cast<char>('0' + digit);
  const char32_t lower = lower_case(code);
  return lower >= 'a' && lower <= 'z' ? static_cast<char>(lower - 'a' + 'A') : '\0';
}

bool is_valid(const std::string& iban) {
  unsigned rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    const auto value = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest == 1;
}

/// Returns the end of the longest IBAN that begins at `from`; 0 if there is none.
std::size_t end_of_iban(const TextPoints& points, std::size_t from) {
  std::string iban;
  std::size_t end = 0;
  bool was_gap = false;
  for (std::size_t at = from; at < points.size() && iban.size() < kMostIban; ++at) {
    const char c = plain(points[at].code);
    const bool is_gap = is_blank(points[at].code) || is_dash(points[at].code);
    if (c == '\0' && (!is_gap || was_gap)) break;
    was_gap = c == '\0';
    if (was_gap) continue;
    const std::size_t place = iban.size();
    if ((place < 2 && c < 'A') || ((place == 2 || place == 3) && c > '9')) break;
    iban += c;
    const bool goes_on = at + 1 < points.size() && plain(points[at + 1].code) != '\0';
    if (iban.size() >= kLeastIban && !goes_on && is_valid(iban)) end = at + 1;
  }
  return end;
}

}  // namespace

void find_ibans(const TextPoints& points, Findings& out) {
  for (std::size_t at = 0; at < points.size(); ++at) {
    const bool begins_word = plain(points[at].code) >= 'A' && (at == 0 || plain(points[at - 1].code) == '\0');
    if (!begins_word) continue;
    if (const std::size_t end = end_of_iban(points, at); end != 0) out.push_back({at, end, kIban});
  }
}

}  // namespace offhook::inline v0::agent::redaction
