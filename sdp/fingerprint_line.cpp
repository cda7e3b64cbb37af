#include <offhook/sdp/fingerprint_line.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <iterator>
#include <optional>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

std::optional<std::uint8_t> hex_digit(char c) {
  if (base::is_digit(c)) return static_cast<std::uint8_t>(c - '0');
  const char letter = base::to_lower(c);
  return letter >= 'a' && letter <= 'f' ? std::optional(static_cast<std::uint8_t>(letter - 'a' + 10)) : std::nullopt;
}

/// Returns true for the characters of a token (RFC 8866 section 9) that occur in names of hash functions.
bool is_hash_character(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/'; }

}  // namespace

std::string_view to_string(FingerprintLineError error) {
  switch (error) {
    case FingerprintLineError::Malformed: return "malformed a=fingerprint";
    case FingerprintLineError::TooLong: return "a=fingerprint is too long";
  }
  return "unknown";
}

base::Result<FingerprintLine, FingerprintLineError> parse_fingerprint_line(std::string_view value) {
  base::TextCursor cursor(base::trim(value));
  FingerprintLine line;
  const auto hash = cursor.take_while(is_hash_character);
  if (hash.empty() || !cursor.try_take(' ')) return base::fail(FingerprintLineError::Malformed);
  if (hash.size() > FingerprintLine::kMaxHashBytes) return base::fail(FingerprintLineError::TooLong);
  std::transform(hash.begin(), hash.end(), std::back_inserter(line.hash), base::to_lower);
  cursor.skip_spaces();
  do {
    const auto digits = cursor.take_until(':');
    const auto high = digits.size() == 2 ? hex_digit(digits[0]) : std::nullopt, low = high ? hex_digit(digits[1]) : std::nullopt;
    if (!low) return base::fail(FingerprintLineError::Malformed);
    if (line.octets.size() == FingerprintLine::kMaxOctets) return base::fail(FingerprintLineError::TooLong);
    line.octets.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  } while (!cursor.at_end());
  if (value.ends_with(':')) return base::fail(FingerprintLineError::Malformed);
  return line;
}

std::string write_fingerprint_line(const FingerprintLine& line) {
  std::string text = line.hash;
  char separator = ' ';
  for (const std::uint8_t octet : line.octets) {
    text += {separator, kHexDigits[octet >> 4], kHexDigits[octet & 15]};
    separator = ':';
  }
  return text;
}

}  // namespace offhook::inline v0::sdp
