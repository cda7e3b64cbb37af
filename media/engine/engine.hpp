#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/conference_statistics.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/media/engine/packet_tap.hpp>
#include <offhook/media/engine/scheduling.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/leg_statistics.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

class VoiceModel;

using LegId = base::StrongId<struct LegTag>;
using ConferenceId = base::StrongId<struct ConferenceTag>;

struct EngineOptions {
  unsigned workers = 0;                              ///< number of workers; 0 makes one per core
  std::uint16_t first_port = 16384, last_port = 32767;
  base::Duration silence_limit = std::chrono::seconds(10);  ///< time without RTP until MediaLost
  std::string cname;                                 ///< CNAME for RTCP; if it is "", each leg gets a random CNAME (RFC 7022)
  DatagramPath datagrams = DatagramPath::Best;
  bool goes_before_others = false;                   ///< true: workers run in real time, or with a raised priority, as far as the system allows
  std::shared_ptr<VoiceModel> voice_model{};         ///< helps to detect voice, on its own thread; if it is null, the workers detect voice alone
  std::function<void(const std::string& why)> on_voice_lost{};  ///< called when the model has failed: once, on its thread
  float load_limit = 0.85F;                          ///< share of a core: a worker with more load gets no new leg
  float late_limit = 0.2F;                           ///< share of late phases of a worker, caused by other programs, above which it gets no new leg
  std::shared_ptr<PacketTaps> taps{};                ///< gets the beginnings of all datagrams; null: nothing is captured
};

/// The state of the engine, for a status page.
struct EngineStatus {
  std::size_t workers = 0;                           ///< number of working workers
  std::size_t legs = 0;
  Scheduling scheduling = Scheduling::Usual;         ///< scheduling of the worker with the lowest priority
  DatagramPath datagrams = DatagramPath::Best;       ///< the worst path that a worker uses; Best if no worker works
  std::string refused;                               ///< why no better path is in use; "" if there is no reason
  float load = 0;                                    ///< load of the busiest worker, as a share of a core
  float late = 0;                                    ///< share of the phases in the last second that were done over 2 ms late, for the worst worker
  bool takes_legs = false;                           ///< true if any worker has space and time for another leg
  bool voice_model = false;                          ///< true if the engine has a model that works
  float voice_load = 0;                              ///< load of the model's thread, as a share of a core
  std::uint64_t voice_chunks = 0;                    ///< chunks of 32 ms that the model has judged
  std::uint64_t phases_left_out = 0;                 ///< phases (a twentieth of a tick each) left out because they were over 200 ms late
  TickTimes ticks;
};

enum class EngineError : std::uint8_t {
  NoPort,
  NoSocket,
  UnknownLeg,
  Busy,
  UnknownConference,
  WrongSize,
  WrongRate,
  Full,
  Apart,        ///< the legs are on different workers: open the second leg beside the first
  Conferring,   ///< one of the legs is in a conference: leave() first
  Relayed,      ///< one of the legs is already relayed with another leg
  OtherCodec,   ///< the legs have different codecs, or were not started yet
};
[[nodiscard]] std::string_view to_string(EngineError error);

struct OpenLeg {
  LegId id;
  std::uint16_t rtp_port = 0;   ///< even; the RTCP port is the next one
};

struct ConferenceOptions {
  std::uint32_t rate_hz = 16000;    ///< rate of all members' ports; their lines may have any codec
  std::size_t max_members = 32;     ///< 2 to 500; memory for the mix is allocated for this number, 640 octets each at 16 kHz
};

/// The media edge: worker threads on io_uring or epoll, which tick their legs every 20 ms. A leg is one call's RTP. It belongs to one worker, until
/// it joins a conference of another worker. Any thread except the workers may call the functions (two telephones may share an engine). The functions
/// take effect at the next tick.
class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();  ///< stops and joins the workers
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Binds an even/odd port pair on `local`. Packets are read and dropped until start(). `beside` opens the leg on the worker of that leg, so that
  /// both can be relayed. `path`, if not null, stands between the leg's sockets and its stream (media/engine/packet_path.hpp). Errors: NoPort,
  /// NoSocket, UnknownLeg (`beside` does not exist), Busy (each worker has kMaxLegsPerWorker legs or no time left, EngineOptions::load_limit, because
  /// running calls have priority).
  [[nodiscard]] base::Result<OpenLeg, EngineError> open(base::IpAddress local, std::shared_ptr<AudioPort> port, LegId beside = {},
                                                        std::unique_ptr<PacketPath> path = nullptr);
  /// Starts or changes the flow of media. It is never refused for lack of space. If there are several orders within one tick, the last one counts.
  /// The source is learnt again if the plan's remote address changed, or if `relearn` is true.
  base::Result<void, EngineError> start(LegId leg, const MediaPlan& plan, bool relearn = false);
  /// Relays two legs, until end_relay(), or until one of them is closed. A packet for one leg leaves through the other, undecoded, in the phase in
  /// which it is read (each millisecond). Each side has its own RTCP, statistics, source learning and events. Digits that come as RFC 4733 events are
  /// reported to the port, and also passed on. No audio of the ports is received, sent or recorded; our digits are refused. Either leg may be started
  /// again: if it gets another codec, its audio is dropped until both legs have the same codec again. Does nothing if these legs are already relayed
  /// with each other. Errors: UnknownLeg (also if both legs are the same), Conferring, Apart, Relayed, OtherCodec.
  base::Result<void, EngineError> relay(LegId a, LegId b);
  /// Ends the relay of a leg, for example to play a prompt: both legs are ordinary legs again. Does nothing for a leg that is not relayed. Errors:
  /// UnknownLeg.
  base::Result<void, EngineError> end_relay(LegId either);
  /// Sends RTCP BYE and closes the sockets. The last statistics can be read until the next open().
  base::Result<void, EngineError> close(LegId leg);

  /// Opens a conference (media/conference/conference.hpp). Its legs are gathered on one worker, in one phase of its ticks. Errors: WrongSize,
  /// WrongRate (not 8000, 16000 or 24000), NoSocket (no worker works), Busy (no worker has both time and a phase with space for all members).
  [[nodiscard]] base::Result<ConferenceId, EngineError> confer(const ConferenceOptions& options);
  /// Adds a leg to a conference. Its caller speaks to the other members at `gain` (at 0, the caller only listens) and gets their audio. The port's
  /// `heard`, events, digits and recording work as before; only this caller hears the port's playout. The leg moves to the conference's worker
  /// between two ticks; its numbers continue, and no packet is lost. A leg in another conference leaves that conference. For a leg in this
  /// conference, only the gain changes. Errors: UnknownLeg, Relayed, UnknownConference, WrongRate (of the port), Full, Busy (the worker has no space
  /// or no time for the leg).
  base::Result<void, EngineError> join(LegId leg, ConferenceId conference, float gain = 1);
  /// Adds a member without an RTP leg: an agent, which gets the other members' audio and speaks through `port`, or a recording of all members
  /// (media/conference/conference_port.hpp). Returns a number for leave() and set_gain(). Errors: UnknownConference, WrongRate, Full.
  [[nodiscard]] base::Result<LegId, EngineError> attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain = 1);
  /// Sets the level of a member for the other members, 0 to 4. Errors: UnknownLeg, also for a leg that is in no conference.
  base::Result<void, EngineError> set_gain(LegId member, float gain);
  /// Removes a member. A leg leaves the conference, and stays on its worker. A member without an RTP leg ends, and its
  /// port is released. Errors: those of set_gain().
  base::Result<void, EngineError> leave(LegId member);
  /// Removes all members, and ends the conference. Errors: UnknownConference.
  base::Result<void, EngineError> end(ConferenceId conference);
  /// Returns nullopt after the end of the conference.
  [[nodiscard]] std::optional<ConferenceStatistics> conference(ConferenceId conference) const;

  [[nodiscard]] std::optional<LegStatistics> statistics(LegId leg) const;
  [[nodiscard]] std::size_t legs() const;
  /// Returns the largest lateness of a tick since the last take_worst_lateness(), over all workers.
  [[nodiscard]] base::Duration take_worst_lateness();
  /// Returns the times of all phases with legs since the start, over all workers.
  [[nodiscard]] TickTimes tick_times() const;
  [[nodiscard]] TickHistogram::Counts tick_counts() const;  ///< the same times as counts, from which the application can subtract earlier counts
  [[nodiscard]] EngineStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
