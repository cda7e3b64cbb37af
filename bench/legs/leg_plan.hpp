#pragma once

#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/rtp/srtp/master_key.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Measures how many legs one core carries. There are three processes: the measuring process, a host and a load. The measuring process
/// starts the other two. The host's engine has one worker, on core 0. The load calls the host. Core 1 runs the load and the replacement for
/// the conversations. The processes exchange JSON files.
namespace offhook::bench {

/// The work that a leg does in each tick.
struct LegKind {
  std::string name;                ///< such as "g711_ai"
  media::AudioCodec codec = media::AudioCodec::Pcmu;
  std::uint32_t port_rate_hz = 24000;  ///< the default is the rate of the realtime interfaces
  bool guards_echo = false;
  bool records = false;            ///< true: records a stereo WAV file
  bool relays = false;             ///< true: relays packets to the next leg without decoding them; then one call is two legs
  bool confers = false;            ///< true: all legs join one conference at 16 kHz, in which three speak and the others only listen
  bool waits = false;              ///< true: the leg sends music, and no other audio
  std::optional<rtp::SrtpSuite> srtp{};  ///< suite that encrypts the packets; nullopt: they are not encrypted
};
/// Returns the key that all legs with this suite use, in both directions.
[[nodiscard]] rtp::SrtpMasterKey srtp_key(rtp::SrtpSuite suite);
/// Returns the kinds that are measured with sockets. The first kind is a G.711 call to an agent with default settings.
[[nodiscard]] const std::vector<LegKind>& leg_kinds();
/// Returns the kinds of leg_kinds(), and the kinds whose ticks are only measured without sockets, because the load can only send G.711 and G.722.
[[nodiscard]] const std::vector<LegKind>& ticked_kinds();
/// Returns the kinds of leg_kinds(), and the kinds with SRTP. These are only measured with sockets, because SRTP is between socket and stream.
[[nodiscard]] const std::vector<LegKind>& socket_kinds();
/// Returns the kind that is measured only with sockets, because all its legs are ticked together.
[[nodiscard]] const LegKind& conference_kind();

struct LegPlan {
  LegKind kind;
  media::DatagramPath path = media::DatagramPath::Uring;
  std::size_t legs = 0;
  int seconds = 5;                 ///< measured time in seconds; it starts when all legs talk
  std::string folder;              ///< folder for the files that the processes exchange

  [[nodiscard]] std::string file(std::string_view what) const;
};

/// The results of the host for the measured time.
struct HostFigures {
  double load = 0;                 ///< processor time of the worker, as a share of one core
  double late_p99_ms = 0;          ///< 99th percentile of the time from the due time of a tick to its completion
  double lost = 0;                 ///< number of packets that were lost or late, and of frames that the conversations missed
  double kb_per_leg = 0;
  std::optional<double> kernel_share;  ///< the kernel's share of this load, sampled just after the measurement; nullopt: the system does not report it
};

/// The programs of the host and of the load. Each returns its exit code, and throws on errors.
int host_legs(const LegPlan& plan);
int load_legs(const LegPlan& plan);

/// Read and write the file of the plan, for `offhook_bench --legs-host FILE` and `--legs-load FILE`.
[[nodiscard]] LegPlan read_plan(const std::string& file);
void write_plan(const LegPlan& plan, const std::string& file);

}  // namespace offhook::bench
