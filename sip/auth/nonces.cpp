#include <offhook/sip/auth/nonces.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <limits>
#include <optional>
#include <vector>

namespace offhook::inline v0::sip {
namespace {

constexpr std::size_t kTimeDigits = 16, kTokenDigits = 26, kSealDigits = 32;  // The seal is 128 bits of the hash.
constexpr std::size_t kHeadDigits = kTimeDigits + kTokenDigits;

std::string hex(const std::uint8_t* bytes, std::size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.push_back(kDigits[bytes[i] >> 4]);
    text.push_back(kDigits[bytes[i] & 15]);
  }
  return text;
}

std::int64_t ticks(base::TimePoint time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }

/// Returns the time at which a nonce of ours was made. Does not check the seal.
std::optional<std::int64_t> made_at(std::string_view nonce) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(nonce.data(), nonce.data() + kTimeDigits, value, 16);
  if (error != std::errc{} || end != nonce.data() + kTimeDigits) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace

Nonces::Nonces(base::Random& random, base::Duration lifetime)
    : random_(random), lifetime_(lifetime), floor_(std::numeric_limits<std::int64_t>::min()) {
  random_.fill(key_);
}

std::string Nonces::seal(std::string_view head, const base::IpAddress& source) const {
  std::vector<std::uint8_t> text(head.begin(), head.end());
  text.push_back(source.is_v6() ? 6 : 4);
  text.insert(text.end(), source.octets().begin(), source.octets().end());
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), text.data(), text.size(), out.data(), &size) == nullptr) return {};
  return hex(out.data(), kSealDigits / 2);
}

std::string Nonces::make(const base::IpAddress& source, base::TimePoint now) {
  std::array<std::uint8_t, 8> time{};
  auto rest = static_cast<std::uint64_t>(ticks(now));
  for (std::size_t i = time.size(); i-- > 0; rest >>= 8) time[i] = static_cast<std::uint8_t>(rest);
  const std::string head = hex(time.data(), time.size()) + random_.token();
  return head + seal(head, source);
}

bool Nonces::is_good(std::string_view nonce, const base::IpAddress& source, base::TimePoint now) const {
  if (nonce.size() != kHeadDigits + kSealDigits) return false;
  const auto sealed = seal(nonce.substr(0, kHeadDigits), source);
  if (sealed.size() != kSealDigits || CRYPTO_memcmp(sealed.data(), nonce.data() + kHeadDigits, kSealDigits) != 0) return false;
  const auto made = made_at(nonce);
  if (!made || *made > ticks(now) || ticks(now) - *made >= lifetime_.count()) return false;
  return *made > floor_ || used_.contains({*made, std::string(nonce)});
}

bool Nonces::take(std::string_view nonce, std::uint32_t count, base::TimePoint now) {
  const auto made = nonce.size() == kHeadDigits + kSealDigits ? made_at(nonce) : std::nullopt;
  if (!made || count == 0) return false;
  forget_old(now);
  Name name{*made, std::string(nonce)};
  auto at = used_.find(name);
  if (at == used_.end()) {
    if (*made <= floor_) return false;
    if (used_.size() >= kMaxUsed) {
      floor_ = used_.begin()->first.first;
      used_.erase(used_.begin());
      if (*made <= floor_) return false;
    }
    at = used_.emplace(std::move(name), Use{}).first;
  }
  Use& use = at->second;
  if (count > use.highest) {
    const std::uint32_t by = count - use.highest;
    use.seen = by < kWindow ? use.seen << by : 0;
    use.highest = count;
  }
  const std::uint32_t behind = use.highest - count;
  if (behind >= kWindow || (use.seen >> behind & 1) != 0) return false;
  use.seen |= std::uint64_t{1} << behind;
  return true;
}

void Nonces::forget_old(base::TimePoint now) {
  while (!used_.empty() && ticks(now) - used_.begin()->first.first >= lifetime_.count()) used_.erase(used_.begin());
}

}  // namespace offhook::inline v0::sip
