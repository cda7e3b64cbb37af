#include <offhook/rtp/ice/credentials.hpp>

#include <array>
#include <string_view>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::string_view kIceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kOurUfrag = 8, kOurPassword = 24, kMaxLength = 256;
constexpr std::size_t kMinUfrag = 4, kMinPassword = 22;

template <std::size_t Count>
std::string drawn(base::Random& random) {
  std::array<std::uint8_t, Count> octets{};
  random.fill(octets);
  std::string text;
  for (const std::uint8_t octet : octets) text.push_back(kIceChars[octet % kIceChars.size()]);
  return text;
}

bool is_ice_text(std::string_view text, std::size_t min) {
  return text.size() >= min && text.size() <= kMaxLength && text.find_first_not_of(kIceChars) == std::string_view::npos;
}

}  // namespace

IceCredentials IceCredentials::make(base::Random& random) {
  IceCredentials made;
  made.ufrag = drawn<kOurUfrag>(random);
  made.password = drawn<kOurPassword>(random);
  return made;
}

bool IceCredentials::is_valid() const { return is_ice_text(ufrag, kMinUfrag) && is_ice_text(password, kMinPassword); }

HmacSha1 IceCredentials::key() const { return HmacSha1(base::Bytes(reinterpret_cast<const std::uint8_t*>(password.data()), password.size())); }

}  // namespace offhook::inline v0::rtp
