#pragma once

#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/media_plan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// How many legs a core carries: three processes. The one that measures starts a host, whose engine has its one worker on core 0, and a
/// load that calls it, which has core 1 together with what stands for the conversations. They tell each other by files of JSON.
namespace offhook::bench {

/// What a leg does in each tick.
struct LegKind {
  std::string name;                ///< "g711_ai"
  media::AudioCodec codec = media::AudioCodec::Pcmu;
  std::uint32_t port_rate_hz = 24000;  ///< of the realtime interfaces
  bool guards_echo = false;
  bool records = false;            ///< stereo WAV
  bool relays = false;             ///< undecoded: each with its neighbour, so that a call is two legs
  bool confers = false;            ///< all in one conference at 16 kHz, in which three speak and the others only listen
  bool waits = false;              ///< hears music, and nothing is said
};
/// The first one is that of a call in G.711 to an agent as it is shipped.
[[nodiscard]] const std::vector<LegKind>& leg_kinds();
/// Those, and what is measured in ticks alone, without the load that speaks G.711 and G.722 only.
[[nodiscard]] const std::vector<LegKind>& ticked_kinds();
/// What is measured with its sockets alone, for all of its legs are ticked together.
[[nodiscard]] const LegKind& conference_kind();

struct LegPlan {
  LegKind kind;
  media::DatagramPath path = media::DatagramPath::Uring;
  std::size_t legs = 0;
  int seconds = 5;                 ///< that are measured, once all talk
  std::string folder;              ///< for what the processes tell each other

  [[nodiscard]] std::string file(std::string_view what) const;
};

/// Of the host, over the measured time.
struct HostFigures {
  double load = 0;                 ///< processor time of the worker, as a share of one core
  double late_p99_ms = 0;          ///< how long after its time a leg's tick was done
  double lost = 0;                 ///< packets that did not arrive or not in time, and frames that the conversation missed
  double kb_per_leg = 0;
  std::optional<double> kernel_share;  ///< of that load, just after: what the kernel took; nothing where it does not say
};

/// The host's and the load's programs; each returns its exit code. Errors are thrown.
int host_legs(const LegPlan& plan);
int load_legs(const LegPlan& plan);

/// `offhook_bench --legs-host FILE` and `--legs-load FILE`.
[[nodiscard]] LegPlan read_plan(const std::string& file);
void write_plan(const LegPlan& plan, const std::string& file);

}  // namespace offhook::bench
