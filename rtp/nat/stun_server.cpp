#include <offhook/rtp/nat/stun_server.hpp>

#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace offhook::inline v0::rtp {
namespace {

/// Returns a well-mixed hash: the finalizer of SplitMix64.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

void add_unknown(StunWriter& writer, const std::vector<std::uint16_t>& unknown) {
  std::array<std::uint8_t, 2 * kMaxStunAttributes> types;
  base::ByteWriter list(types);
  for (const std::uint16_t type : unknown) list.u16(type);
  writer.add_error(420, "Unknown Attribute");
  writer.add(StunAttribute::UnknownAttributes, base::Bytes(types).first(list.size()));
}

}  // namespace

StunServer::StunServer(std::uint32_t answers_per_second, base::Random& random)
    : interval_(base::Duration(std::chrono::seconds(1)) / std::max<std::uint32_t>(answers_per_second, 1)), secret_(random.next_u64()), full_at_(kBudgets) {}

std::optional<std::size_t> StunServer::answer(base::Bytes message, const base::SocketAddress& from, base::TimePoint now, std::span<std::uint8_t> room) {
  const auto request = StunMessage::parse(message);
  if (!request || request->kind() != StunClass::Request || !request->is(StunMethod::Binding)) {
    ++counts_.ignored;
    return std::nullopt;
  }
  const base::SocketAddress source{from.ip.unmapped(), from.port};
  if (!try_spend(source.ip, now)) {
    ++counts_.over_budget;
    return std::nullopt;
  }
  const auto unknown = request->unknown();
  StunWriter writer(room, StunMethod::Binding, unknown.empty() ? StunClass::Success : StunClass::Error, request->id());
  if (unknown.empty()) {
    writer.add_address(StunAttribute::XorMappedAddress, source);
  } else {
    add_unknown(writer, unknown);
  }
  if (request->has_fingerprint()) writer.add_fingerprint();
  const auto size = writer.finish();
  if (!size) return std::nullopt;
  ++counts_.answered;
  return *size;
}

bool StunServer::try_spend(const base::IpAddress& source, base::TimePoint now) {
  constexpr std::size_t kSubnetOctets = 8;  // A host can use every address of its /64.
  const std::uint64_t prefix = base::ByteReader(base::Bytes(source.octets()).first(kSubnetOctets)).u64();
  base::TimePoint& full_at = full_at_[mixed(prefix ^ secret_ ^ (source.is_v6() ? 1 : 0)) % kBudgets];
  const base::TimePoint next = std::max(full_at, now) + interval_;
  if (next > now + std::chrono::seconds(1)) return false;
  full_at = next;
  return true;
}

}  // namespace offhook::inline v0::rtp
