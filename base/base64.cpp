#include <offhook/base/base64.hpp>

#include <offhook/base/detail/base64_kernels.hpp>
#include <offhook/base/usable_kernels.hpp>

#include <array>

namespace offhook::inline v0::base {
namespace detail {
namespace {

std::size_t encode_nothing(const std::uint8_t*, std::size_t, char*) noexcept { return 0; }
std::size_t decode_nothing(const char*, std::size_t, std::uint8_t*) noexcept { return 0; }

}  // namespace

const Base64Kernel kBase64Scalar{"scalar", encode_nothing, decode_nothing};

const Base64Kernel& base64_chosen() noexcept {
#if defined(__x86_64__)
  static const UsableKernels<Base64Kernel> usable{{&kBase64Scalar}, {&kBase64Avx2, InstructionSet::Avx2}};
#else
  static const UsableKernels<Base64Kernel> usable{{&kBase64Scalar}};
#endif
  return usable.best();
}

}  // namespace detail

namespace {

constexpr std::uint8_t kNone = 0xFF;  // Marks a character outside the alphabet: no 6-bit value equals it.

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(detail::kBase64Alphabet[i])] = i;
  return values;
}
constexpr auto kValues = make_values();

std::uint32_t value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }
bool is_bad(std::uint32_t a, std::uint32_t b) { return ((a | b) & 0xC0U) != 0; }

char character(std::uint32_t bits) { return detail::kBase64Alphabet[bits & 0x3FU]; }
std::uint8_t octet(std::uint32_t bits) { return static_cast<std::uint8_t>(bits & 0xFFU); }

void encode_quantum(const std::uint8_t* in, char* out) {
  const std::uint32_t bits = std::uint32_t{in[0]} << 16U | std::uint32_t{in[1]} << 8U | in[2];
  out[0] = character(bits >> 18U);
  out[1] = character(bits >> 12U);
  out[2] = character(bits >> 6U);
  out[3] = character(bits);
}

/// Encodes the last one or two octets with padding: RFC 4648 section 4, cases 2 and 3.
void encode_rest(const std::uint8_t* in, std::size_t count, char* out) {
  const std::uint32_t bits = std::uint32_t{in[0]} << 16U | (count == 2 ? std::uint32_t{in[1]} << 8U : 0U);
  out[0] = character(bits >> 18U);
  out[1] = character(bits >> 12U);
  out[2] = count == 2 ? character(bits >> 6U) : '=';
  out[3] = '=';
}

bool decode_quantum(const char* in, std::uint8_t* out) {
  const std::uint32_t a = value_of(in[0]), b = value_of(in[1]), c = value_of(in[2]), d = value_of(in[3]);
  if (is_bad(a | b, c | d)) return false;
  const std::uint32_t bits = a << 18U | b << 12U | c << 6U | d;
  out[0] = octet(bits >> 16U);
  out[1] = octet(bits >> 8U);
  out[2] = octet(bits);
  return true;
}

/// Decodes the last four characters into `octets` (1 or 2) octets.
Result<void, Base64Error> decode_rest(const char* in, std::size_t octets, std::uint8_t* out) {
  const std::uint32_t a = value_of(in[0]), b = value_of(in[1]), c = octets == 2 ? value_of(in[2]) : 0;
  if (is_bad(a | b, c)) return fail(Base64Error::BadCharacter);
  const std::uint32_t bits = a << 18U | b << 12U | c << 6U;
  if ((bits & (octets == 2 ? 0xFFU : 0xFFFFU)) != 0) return fail(Base64Error::BadPadding);
  out[0] = octet(bits >> 16U);
  if (octets == 2) out[1] = octet(bits >> 8U);
  return {};
}

void encode_whole(std::span<const std::uint8_t> in, char* out) noexcept {
  std::size_t at = detail::base64_chosen().encode(in.data(), in.size(), out);
  for (; at + 3 <= in.size(); at += 3) encode_quantum(in.data() + at, out + at / 3 * 4);
  if (at != in.size()) encode_rest(in.data() + at, in.size() - at, out + at / 3 * 4);
}

}  // namespace

std::string_view to_string(Base64Error error) {
  switch (error) {
    case Base64Error::BadLength: return "the length of the base64 text is not a multiple of four";
    case Base64Error::BadCharacter: return "the base64 text contains a character that is not in its alphabet";
    case Base64Error::BadPadding: return "the bits after the last octet of the base64 text are not zero";
    case Base64Error::OutputTooSmall: return "the output has too little space for the octets of the base64 text";
  }
  return "";
}

Result<std::size_t, Base64Error> encode_base64(std::span<const std::uint8_t> in, std::span<char> out) noexcept {
  const std::size_t size = base64_encoded_size(in.size());
  if (out.size() < size) return fail(Base64Error::OutputTooSmall);
  encode_whole(in, out.data());
  return size;
}

void append_base64(std::string& out, std::span<const std::uint8_t> in) {
  const std::size_t before = out.size();
  out.resize(before + base64_encoded_size(in.size()));
  encode_whole(in, out.data() + before);
}

Result<std::size_t, Base64Error> decode_base64(std::string_view in, std::span<std::uint8_t> out) noexcept {
  if (in.size() % 4 != 0) return fail(Base64Error::BadLength);
  const std::size_t size = base64_decoded_size(in);
  if (out.size() < size) return fail(Base64Error::OutputTooSmall);
  const std::size_t rest = size % 3;  // If not 0, the last quantum is padded.
  const std::size_t whole = rest == 0 ? in.size() : in.size() - 4;
  std::size_t at = detail::base64_chosen().decode(in.data(), whole, out.data());
  for (; at != whole; at += 4) {
    if (!decode_quantum(in.data() + at, out.data() + at / 4 * 3)) return fail(Base64Error::BadCharacter);
  }
  if (rest != 0) {
    if (const auto done = decode_rest(in.data() + at, rest, out.data() + at / 4 * 3); !done) return fail(done.error());
  }
  return size;
}

}  // namespace offhook::inline v0::base
