#include <offhook/sdp/crypto_line.hpp>

#include <offhook/base/base64.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <optional>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::string_view kInline = "inline:";
constexpr std::size_t kMaxTagDigits = 9, kMaxMkiDigits = 39;  // 39 digits are enough for kMaxMkiOctets (2^128)

bool starts_with(std::string_view text, std::string_view beginning) { return base::iequals(text.substr(0, beginning.size()), beginning); }

/// Decodes base64, with or without its padding.
std::optional<std::vector<std::uint8_t>> decode(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0 && padded.size() % 4 != 1) padded.push_back('=');
  const std::size_t size = base::base64_decoded_size(padded);
  if (text.empty() || size > CryptoLine::kMaxSecretOctets) return std::nullopt;
  std::vector<std::uint8_t> octets(size);
  if (!base::decode_base64(padded, octets)) return std::nullopt;
  return octets;
}

/// Parses an MKI such as `1:4`: a decimal number, and the number of octets that it has in packets.
std::optional<std::vector<std::uint8_t>> parse_mki(std::string_view text) {
  base::TextCursor cursor(text);
  const auto digits = cursor.take_while(base::is_digit);
  if (digits.empty() || digits.size() > kMaxMkiDigits || !cursor.try_take(':')) return std::nullopt;
  const auto size = base::parse_number<std::size_t>(cursor.rest());
  if (!size || *size == 0 || *size > CryptoLine::kMaxMkiOctets) return std::nullopt;
  std::vector<std::uint8_t> octets(*size);
  for (const char digit : digits) {
    unsigned carry = static_cast<unsigned>(digit - '0');
    for (std::size_t i = octets.size(); i-- > 0; carry >>= 8) {
      carry += octets[i] * 10U;
      octets[i] = static_cast<std::uint8_t>(carry);
    }
    if (carry != 0) return std::nullopt;
  }
  return octets;
}

/// Parses a key parameter such as `inline:KEY|2^20|1:4`. Only the MKI has a colon, which distinguishes it from the lifetime.
std::optional<CryptoLineError> parse_key(std::string_view text, CryptoLine& line) {
  if (text.find(';') != std::string_view::npos) return CryptoLineError::SeveralKeys;
  if (!starts_with(text, kInline)) return CryptoLineError::Malformed;
  base::TextCursor cursor(text.substr(kInline.size()));
  auto secret = decode(cursor.take_until('|'));
  if (!secret) return CryptoLineError::BadKey;
  line.secret = std::move(*secret);
  while (!cursor.at_end()) {
    const auto part = cursor.take_until('|');
    if (part.find(':') == std::string_view::npos) continue;
    auto mki = parse_mki(part);
    if (!mki || !line.mki.empty()) return CryptoLineError::BadMki;
    line.mki = std::move(*mki);
  }
  return std::nullopt;
}

bool is_harmless(std::string_view parameter) { return base::iequals(parameter, "KDR=0") || starts_with(parameter, "WSH="); }

std::string_view take_word(base::TextCursor& cursor) {
  cursor.skip_spaces();
  return cursor.take_until(' ');
}

}  // namespace

std::string_view to_string(CryptoLineError error) {
  switch (error) {
    case CryptoLineError::Malformed: return "malformed a=crypto";
    case CryptoLineError::BadKey: return "a=crypto has no usable key";
    case CryptoLineError::BadMki: return "a=crypto has an unusable MKI";
    case CryptoLineError::SeveralKeys: return "a=crypto has several keys";
    case CryptoLineError::UnknownParameter: return "a=crypto has an unknown session parameter";
  }
  return "unknown";
}

base::Result<CryptoLine, CryptoLineError> parse_crypto_line(std::string_view value) {
  base::TextCursor cursor(value);
  CryptoLine line;
  const auto tag = take_word(cursor);
  const auto number = base::parse_number<std::uint32_t>(tag);
  line.suite = take_word(cursor);
  const auto key = take_word(cursor);
  if (!number || tag.size() > kMaxTagDigits || line.suite.empty() || key.empty()) return base::fail(CryptoLineError::Malformed);
  line.tag = *number;
  if (const auto error = parse_key(key, line)) return base::fail(*error);
  for (auto parameter = take_word(cursor); !parameter.empty(); parameter = take_word(cursor)) {
    if (parameter.front() != '-' && !is_harmless(parameter)) return base::fail(CryptoLineError::UnknownParameter);
  }
  return line;
}

std::string write_crypto_line(const CryptoLine& line) {
  std::string text = std::to_string(line.tag) + " " + line.suite + " " + std::string(kInline);
  base::append_base64(text, line.secret);
  return text;
}

}  // namespace offhook::inline v0::sdp
