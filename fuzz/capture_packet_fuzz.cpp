// The first octets choose transport, direction, family and size of a packet, and the rest is its message. Checks that each block of pcapng has its length at
// both ends and no option or packet beyond its end, that a collector can read the datagram of HEP3, and that the trace has no control characters for a
// terminal.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/capture/hep3.hpp>
#include <offhook/agent/capture/pcapng.hpp>
#include <offhook/agent/capture/trace_sink.hpp>
#include <offhook/tests/agent/capture/hep3_reader.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

std::uint32_t u32(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<std::uint8_t>(text.at(at + i));
  return value;
}

void check_file(std::string_view file, const agent::capture::Packet& packet) {
  std::size_t packets = 0;
  for (std::size_t at = 0; at < file.size();) {
    const std::uint32_t type = u32(file, at), size = u32(file, at + 4);
    require(size % 4 == 0 && size >= 12 && size <= file.size() - at && u32(file, at + size - 4) == size);
    if (type == 6) {
      const std::uint32_t captured = u32(file, at + 20), on_wire = u32(file, at + 24), most = 262144;
      require(captured <= on_wire && captured <= most && 28 + captured + 4 <= size);
      require(on_wire >= packet.size);
      ++packets;
    }
    at += size;
  }
  require(packets == 1);
}

void check_trace(std::string_view text) {
  for (const char c : text) require(c == '\n' || (static_cast<std::uint8_t>(c) >= ' ' && c != '\x7f'));
  require(text.find("\xc2\x9b") == std::string_view::npos);      // CSI
  require(text.find("\xe2\x80\xae") == std::string_view::npos);  // A mark of direction.
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const std::uint8_t kinds = script.next();
  agent::capture::Packet packet;
  packet.transport = static_cast<sip::Transport>(kinds % sip::kTransports);
  packet.direction = (kinds & 8U) != 0 ? agent::capture::Direction::Sent : agent::capture::Direction::Received;
  packet.local = packet.remote = {(kinds & 16U) != 0 ? base::IpAddress::v6({1}) : base::IpAddress::v4({192, 0, 2, 1}), script.next()};
  packet.size = script.next() * 256U;
  packet.octets = std::string(script.text(65535));
  agent::capture::PcapngWriter writer;
  const std::string begin = writer.begin();
  check_file(begin + writer.add(packet), packet);
  check_trace(agent::capture::trace_text(packet, false));
  agent::capture::Hep3 hep;
  hep.source = packet.source();
  hep.destination = packet.destination();
  hep.payload = packet.octets;
  const auto datagram = agent::capture::write_hep3(hep);
  require(datagram.has_value());
  require(datagram->size() <= agent::capture::kMaxHep3Octets);
  auto read = test::read_hep3(*datagram);
  require(read.has_value() && hep.payload.starts_with(read->payload));
  require(datagram->size() == agent::capture::kMaxHep3Octets || read->payload.size() == hep.payload.size());
  read->payload = hep.payload;
  require(*read == hep);
  return 0;
}
