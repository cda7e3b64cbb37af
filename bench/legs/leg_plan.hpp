#pragma once

#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/rtp/srtp/master_key.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Measures how many legs a core carries, with three processes. The measuring process starts a host and a load. The host's engine has its one worker
/// on core 0. The load calls the host; core 1 runs the load and the stand-in for the conversations. The processes exchange files of JSON.
namespace offhook::bench {

/// The work of a leg in each tick.
struct LegKind {
  std::string name;                ///< "g711_ai"
  media::AudioCodec codec = media::AudioCodec::Pcmu;
  std::uint32_t port_rate_hz = 24000;  ///< default: the rate of the realtime interfaces
  bool guards_echo = false;
  bool records = false;            ///< records a stereo WAV file
  bool relays = false;             ///< relays packets undecoded to its neighbour: one call is two legs
  bool confers = false;            ///< joins one conference with all legs, at 16 kHz; three speak and the others only listen
  bool waits = false;              ///< hears music, and gets no other audio
  std::optional<rtp::SrtpSuite> srtp{};  ///< encrypts its packets; nullopt: it does not
};
/// Returns the key of all legs of a kind with SRTP, for both directions.
[[nodiscard]] rtp::SrtpMasterKey srtp_key(rtp::SrtpSuite suite);
/// Returns the kinds that run with sockets. The first is a call in G.711 to an agent with default settings.
[[nodiscard]] const std::vector<LegKind>& leg_kinds();
/// Returns the kinds of leg_kinds(), and those measured only as ticks without sockets, because the load speaks only G.711 and G.722.
[[nodiscard]] const std::vector<LegKind>& ticked_kinds();
/// Returns the kinds of leg_kinds(), and those measured only with sockets, because SRTP is between the sockets and the stream.
[[nodiscard]] const std::vector<LegKind>& socket_kinds();
/// Returns the kind that is measured only with sockets, because its legs are ticked together.
[[nodiscard]] const LegKind& conference_kind();

struct LegPlan {
  LegKind kind;
  media::DatagramPath path = media::DatagramPath::Uring;
  std::size_t legs = 0;
  int seconds = 5;                 ///< measured time, which begins when all legs talk
  std::string folder;              ///< folder for the files that the processes exchange

  [[nodiscard]] std::string file(std::string_view what) const;
};

/// The host's results over the measured time.
struct HostFigures {
  double load = 0;                 ///< processor time of the worker, as a share of one core
  double late_p99_ms = 0;          ///< 99th percentile of a tick's completion, after its due time
  double lost = 0;                 ///< packets that were lost or late, and frames that the conversations missed
  double kb_per_leg = 0;
  std::optional<double> kernel_share;  ///< the kernel's part of that load, sampled just after the measurement; nullopt when the system does not report it
};

/// Run the programs of the host and the load. Each returns its exit code, and throws on errors.
int host_legs(const LegPlan& plan);
int load_legs(const LegPlan& plan);

/// Read and write the plan file of `offhook_bench --legs-host FILE` and `--legs-load FILE`.
[[nodiscard]] LegPlan read_plan(const std::string& file);
void write_plan(const LegPlan& plan, const std::string& file);

}  // namespace offhook::bench
