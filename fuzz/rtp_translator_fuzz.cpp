// The input drives a translator with packets of any numbers at any time. It consists of groups of eight octets: action, step of the
// sequence (signed; some actions multiply it by 50), step of the timestamp (signed, in units of 40; some actions multiply it by 10,000),
// time in units of 0.5 ms (some actions multiply it by 100), payload type, SSRC, size in units of 8, marker. Checks that the translator
// assigns no number twice, assigns no number below one that it assigned before a restart, and next assigns the number after the highest.
#include "require.hpp"

#include <offhook/rtp/sequence.hpp>
#include <offhook/rtp/translator.hpp>

#include <algorithm>
#include <array>
#include <set>

using namespace offhook;
using Kind = rtp::Translator::Kind;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kOurs = 0x0FF00C;
  constexpr std::size_t kMaxSteps = 20'000;
  rtp::Translator translator;
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  translator.begin(kOurs, 65000, 0xFFFFF000, now);
  translator.map_type(0, 8, Kind::Audio);
  translator.map_type(13, 13, Kind::ComfortNoise);
  translator.map_type(101, 96, Kind::Event);
  static const std::array<std::uint8_t, 255 * 8> octets{};
  rtp::SequenceUnwrapper unwrapper;
  std::set<std::int64_t> given;   // numbers that were assigned since the last restart
  std::int64_t first = 0;         // the first number of `given`
  std::uint64_t packets = 0;
  rtp::Packet packet;
  base::ByteReader reader({data, size});
  for (std::size_t step = 0; step < kMaxSteps && reader.remaining() >= 8; ++step) {
    const auto action = reader.u8();
    packet.sequence = static_cast<std::uint16_t>(packet.sequence + static_cast<std::int8_t>(reader.u8()) * (action % 8 == 7 ? 50 : 1));
    packet.timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(reader.u8()) * 40) * (action % 16 == 15 ? 10'000u : 1u);
    now += std::chrono::microseconds(reader.u8() * 500) * (action % 32 == 31 ? 100 : 1);
    packet.payload_type = reader.u8() % 4 == 0 ? 101 : static_cast<std::uint8_t>(action % 4 == 1 ? 13 : action % 64 == 2 ? 3 : 0);
    packet.ssrc = reader.u8() & 3u;
    packet.payload = base::Bytes(octets).first(std::size_t{reader.u8()} * 8);
    packet.marker = (reader.u8() & 1) != 0;
    if (action == 0xF0) translator.interrupt();
    const auto restarts = translator.statistics().restarts;
    const auto passed = translator.translate(packet, now);
    ++packets;
    fuzz::require(translator.statistics().passed + translator.statistics().dropped() == packets);
    if (!passed) continue;
    fuzz::require(passed->ssrc == kOurs && passed->payload.data() == packet.payload.data());
    fuzz::require(passed->payload.size() == packet.payload.size());
    fuzz::require(passed->payload.size() + rtp::kFixedHeaderOctets <= rtp::kMaxPassedOctets && (passed->marker || !packet.marker));
    fuzz::require(passed->payload_type == (packet.payload_type == 0 ? 8 : packet.payload_type == 13 ? 13 : 96));
    const auto number = unwrapper.peek(passed->sequence);
    fuzz::require(given.insert(number).second);
    const auto highest = *given.rbegin();
    if (number == highest) (void)unwrapper.unwrap(passed->sequence);
    if (given.size() == 1 || restarts != translator.statistics().restarts) {
      fuzz::require(number == highest);
      given = {number};
      first = number;
    }
    fuzz::require(number >= first && translator.next_sequence() == static_cast<std::uint16_t>(highest + 1));
  }
  return 0;
}
