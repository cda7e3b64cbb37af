#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

/// Simulates how a network delays and loses a stream of packets. The seeds are fixed. Therefore the tests, the plot and all machines use
/// the same traces.
namespace offhook::bench {

inline constexpr double kLost = std::numeric_limits<double>::infinity();
inline constexpr std::uint32_t kPacketUnits = 160;  ///< 20 ms of 8000 Hz

struct TracePacket {
  std::uint32_t timestamp = 0;   ///< at 8000 Hz; the first is 0
  double sent_ms = 0;            ///< time since the start
  double arrives_ms = kLost;
  bool comfort_noise = false;    ///< RFC 3389: this packet ends a talk spurt; false: 20 ms of audio
  bool begins_talk = false;
};

struct JitterTrace {
  std::string name;                   ///< such as "T2"
  std::string what;                   ///< a description for people
  std::vector<TracePacket> packets;   ///< in the order in which they are sent; the index is the sequence number
  double clock_ratio = 1;             ///< milliseconds of our clock for one millisecond of the sender's clock
  double least_ms = 0;                ///< time from sending to arrival of the fastest packet
  double loss_percent = 0;

  [[nodiscard]] double sent_ms(std::uint32_t timestamp) const { return timestamp / 8.0 * clock_ratio; }
};

/// Returns T1 to T9; T5 has two variants:
///   T1 clean: normal jitter of 1 ms                   T2 gamma jitter, k = 2, theta = 10 ms
///   T3 a stall of 60 to 180 ms about every 5 s        T4 gamma (2, 2 ms), Gilbert-Elliott loss of 3 % in bursts of 3
///   T5+, T5- clocks 100 ppm apart, exponential 2 ms   T6 exponential 2 ms, 2 % of the packets 40 ms later and overtaken
///   T7 gamma (2, 5 ms), 80 ms more every other 30 s   T8 T2's jitter with T4's loss
///   T9 talk of 1 to 3 s, one comfort noise packet, silence of 0.5 to 2 s; gamma (2, 2 ms)
/// Packets overtake each other only in T6.
[[nodiscard]] std::vector<JitterTrace> jitter_traces(double minutes = 20);
/// Returns traces of a mobile network with exponential jitter of 2 ms and no loss:
///   O1 no packet passes for 300 ms every 5 s, then all at once   O2 for 600 ms every 20 s    O3 for 1.2 s every 30 s
///   O4 for 200 ms every 2 s packets arrive up to 80 ms late, and overtake each other
///   O5 T9's talk with O1's stalls                                O6+, O6- clocks 200 ppm apart
[[nodiscard]] std::vector<JitterTrace> outage_traces(double minutes = 20);
/// Returns one trace of jitter_traces(). Throws std::invalid_argument when no trace has this name.
[[nodiscard]] JitterTrace jitter_trace(const std::string& name, double minutes = 20);

/// Returns, in rising order, how much later than the fastest packet each packet arrives. The value of a lost packet is kLost.
[[nodiscard]] std::vector<double> relative_delays_ms(const JitterTrace& trace);
/// Returns the shortest fixed delay with which at most `percent` of the packets are late or lost. No real buffer can know this delay in advance.
[[nodiscard]] double best_fixed_delay_ms(std::span<const double> relative_delays, double percent);

}  // namespace offhook::bench
