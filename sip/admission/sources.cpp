#include <offhook/sip/admission/sources.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::sip {
namespace {

/// Returns the key of a source. Clears the lower half of an IPv6 address, which its owner may choose.
base::IpAddress key_of(const base::IpAddress& address) {
  if (address.is_v4()) return address;
  auto octets = address.octets();
  std::fill(octets.begin() + 8, octets.end(), std::uint8_t{0});
  return base::IpAddress::v6(octets);
}

}  // namespace

bool AddressRange::holds(const base::IpAddress& other) const {
  if (other.is_v6() != address.is_v6() || bits > (address.is_v6() ? 128U : 32U)) return false;
  for (unsigned at = 0; at < bits; at += 8) {
    const unsigned left = std::min(bits - at, 8U);
    const unsigned difference = static_cast<unsigned>(address.octets().at(at / 8) ^ other.octets().at(at / 8));
    if (difference >> (8 - left) != 0) return false;
  }
  return true;
}

std::vector<AddressRange> this_machine() {
  std::array<std::uint8_t, 16> one{};
  one[15] = 1;
  return {{base::IpAddress::v4({127, 0, 0, 0}), 8}, {base::IpAddress::v6(one), 128}};
}

std::size_t Sources::Hash::operator()(const base::IpAddress& address) const noexcept {
  return std::hash<base::SocketAddress>{}({address, 0});
}

Sources::Source& Sources::touch(const base::IpAddress& address) {
  const auto key = key_of(address);
  auto at = sources_.find(key);
  if (at == sources_.end()) {
    if (sources_.size() >= kMaxSources) {
      sources_.erase(order_.front());
      order_.pop_front();
    }
    at = sources_.emplace(key, Entry{{}, order_.insert(order_.end(), key)}).first;
  } else {
    order_.splice(order_.end(), order_, at->second.place);
  }
  return at->second.source;
}

void Sources::ban(const base::IpAddress& address, base::TimePoint until) {
  const auto key = key_of(address);
  if (bans_.size() >= kMaxBans && !bans_.contains(key)) {
    bans_.erase(std::min_element(bans_.begin(), bans_.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  bans_.insert_or_assign(key, until);
}

bool Sources::is_banned(const base::IpAddress& address, base::TimePoint now) {
  if (bans_.empty()) return false;
  const auto at = bans_.find(key_of(address));
  if (at == bans_.end()) return false;
  if (now < at->second) return true;
  bans_.erase(at);
  return false;
}

}  // namespace offhook::inline v0::sip
