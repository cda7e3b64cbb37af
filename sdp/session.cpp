#include <offhook/sdp/session.hpp>

#include <offhook/base/text.hpp>

#include <array>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::array kDirections{Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive};

std::optional<std::string_view> find(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == name) return attribute.value ? std::string_view(*attribute.value) : std::string_view();
  }
  return std::nullopt;
}

std::optional<Direction> first_direction(const std::vector<Attribute>& attributes) {
  for (const Attribute& attribute : attributes) {
    for (const Direction direction : kDirections) {
      if (attribute.name == to_string(direction)) return direction;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::SendRecv: return "sendrecv";
    case Direction::SendOnly: return "sendonly";
    case Direction::RecvOnly: return "recvonly";
    case Direction::Inactive: return "inactive";
  }
  return "inactive";
}

Connection Connection::of(const base::IpAddress& ip) {
  return {"IN", ip.is_v6() ? "IP6" : "IP4", ip.to_string()};
}

std::optional<base::IpAddress> Connection::ip() const {
  if (!base::iequals(net_type, "IN")) return std::nullopt;
  const auto literal = std::string_view(address).substr(0, address.find('/'));  // A multicast address has `/ttl` behind it.
  const auto ip = base::IpAddress::parse(literal);
  if (!ip || literal.front() == '[') return std::nullopt;
  if (!base::iequals(address_type, ip->is_v6() ? "IP6" : "IP4")) return std::nullopt;
  return ip;
}

std::optional<std::string_view> Media::attribute(std::string_view name) const { return find(attributes, name); }

bool Media::is_rtp() const { return protocol.find("RTP/") != std::string::npos; }

std::optional<std::string_view> Session::attribute(std::string_view wanted) const { return find(attributes, wanted); }

std::optional<std::string_view> Session::attribute_of(const Media& stream, std::string_view wanted) const {
  const auto own = stream.attribute(wanted);
  return own ? own : attribute(wanted);
}

const Connection* Session::connection_of(const Media& stream) const {
  if (!stream.connections.empty()) return &stream.connections.front();
  return connection ? &*connection : nullptr;
}

Direction Session::direction_of(const Media& stream) const {
  if (const auto own = first_direction(stream.attributes)) return *own;
  return first_direction(attributes).value_or(Direction::SendRecv);
}

Media Session::alone(const Media& stream) const {
  Media one = stream;
  if (one.connections.empty() && connection) one.connections.push_back(*connection);
  if (!first_direction(one.attributes)) one.attributes.push_back({std::string(to_string(direction_of(stream))), std::nullopt});
  return one;
}

}  // namespace offhook::inline v0::sdp
