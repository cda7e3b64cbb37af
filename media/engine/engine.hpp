#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/engine/conference_statistics.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/scheduling.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/media_plan.hpp>

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
  unsigned workers = 0;                              ///< 0: one per core
  std::uint16_t first_port = 16384, last_port = 32767;
  base::Duration silence_limit = std::chrono::seconds(10);  ///< no RTP for so long: MediaLost
  std::string cname;                                 ///< RTCP; "" makes one at random per leg (RFC 7022)
  DatagramPath datagrams = DatagramPath::Best;
  bool goes_before_others = false;                   ///< workers run at real time, or raised, where the system allows that
  std::shared_ptr<VoiceModel> voice_model{};         ///< helps to tell voice from noise, on a thread of its own; null: the workers do alone
  std::function<void(const std::string& why)> on_voice_lost{};  ///< the model works no more: once, on its thread
  float load_limit = 0.85F;                          ///< of a core: a worker that takes more gets no new leg
  float late_limit = 0.2F;                           ///< the same of one that does more of its phases late, for others have its core
};

/// How the engine does: for a status page.
struct EngineStatus {
  std::size_t workers = 0;                           ///< that work
  std::size_t legs = 0;
  Scheduling scheduling = Scheduling::Usual;         ///< of the worker that the kernel puts least before others
  DatagramPath datagrams = DatagramPath::Best;       ///< that is in use, the worst of all workers'; Best: none works
  std::string refused;                               ///< why no better one is; "" when there is nothing to say
  float load = 0;                                    ///< of the busiest worker: share of a core
  float late = 0;                                    ///< share of the last second's phases done over 2 ms late, of the worst worker
  bool takes_legs = false;                           ///< some worker has room and time for another one
  bool voice_model = false;                          ///< there is one, and it works
  float voice_load = 0;                              ///< of its thread: share of a core
  std::uint64_t voice_chunks = 0;                    ///< of 32 ms, that it has judged
  std::uint64_t phases_left_out = 0;                 ///< a twentieth of a tick each, over 200 ms late
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
  Apart,        ///< the legs are on different workers: open the second one beside the first
  Conferring,   ///< one of them is in a conference: leave() first
  Relayed,      ///< one of them is relayed with another leg already
  OtherCodec,   ///< they do not carry the same codec, or were not started yet
};
[[nodiscard]] std::string_view to_string(EngineError error);

struct OpenLeg {
  LegId id;
  std::uint16_t rtp_port = 0;   ///< even; RTCP is the next one
};

struct ConferenceOptions {
  std::uint32_t rate_hz = 16000;    ///< of all its members' ports; their lines may have any codec
  std::size_t max_members = 32;     ///< 2 to 500; memory for the mix is taken for so many, 640 octets each at 16 kHz
};

/// The media edge: worker threads on io_uring or epoll, their legs ticked each 20 ms. A leg is one call's RTP; it belongs to one worker,
/// until it joins a conference that another one has. Called from any thread but the workers (two telephones may share an engine); what they ask
/// for takes effect at the next tick.
class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();  ///< joins the workers
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Binds an even/odd port pair on `local`; packets are read and dropped until start(). Errors: NoPort, NoSocket, Busy: each worker
  /// has kMaxLegsPerWorker or no time left (EngineOptions::load_limit), and those who talk already come first.
  /// `beside`: on the worker of that leg, so that both can be relayed; errors are then UnknownLeg, too.
  [[nodiscard]] base::Result<OpenLeg, EngineError> open(base::IpAddress local, std::shared_ptr<AudioPort> port, LegId beside = {});
  /// Begins or changes the flow of media. Never refused for want of room: of several orders within one tick the last one holds.
  /// Learning of the source starts anew when the plan's remote address changed or `relearn`.
  base::Result<void, EngineError> start(LegId leg, const MediaPlan& plan, bool relearn = false);
  /// Packets that come for one leg leave through the other, undecoded and in the same phase in which they are read (each millisecond), until
  /// end_relay(), or until one of them is closed. Each side has its own RTCP, statistics, source learning and events; digits that come
  /// as RFC 4733 events are told to the port as well as passed on. Nothing is heard from the ports, said through them or recorded; digits
  /// of ours are refused. Either may be started anew: with another codec its audio is dropped until both have the same again.
  /// Errors: UnknownLeg (also of a leg with itself), Apart, Relayed, OtherCodec. Once more for the same legs does nothing.
  base::Result<void, EngineError> relay(LegId a, LegId b);
  /// Both legs are ordinary ones again, to play a prompt, say. Of a leg that is not relayed: nothing. Errors: UnknownLeg.
  base::Result<void, EngineError> end_relay(LegId either);
  /// Sends RTCP BYE and closes the sockets. The last statistics stay readable until the next open().
  base::Result<void, EngineError> close(LegId leg);

  /// A conference (media/conference.hpp): its legs are gathered on one worker, in one phase of its ticks. Errors: WrongSize, WrongRate
  /// (neither 8000, 16000 nor 24000), NoSocket (no worker works), Busy: no worker has time, or a phase of its tick in which not 500 are
  /// promised a seat already.
  [[nodiscard]] base::Result<ConferenceId, EngineError> confer(const ConferenceOptions& options);
  /// The caller of this leg speaks to the others at `gain` (0: only listens) and hears them; its port's `heard`, events, digits and
  /// recording are as ever, and what its port plays is heard by this caller alone. The leg is handed to the conference's worker between
  /// two ticks, with its numbers running on and no packet lost. In another conference it leaves that; in this one the gain alone changes.
  /// Errors: UnknownLeg, UnknownConference, WrongRate (of the port), Full, Busy: the worker has no room or no time for it.
  base::Result<void, EngineError> join(LegId leg, ConferenceId conference, float gain = 1);
  /// A member without a line: an agent, who hears the others through `port` and speaks to them, or a recording of them all
  /// (media/conference_port.hpp). leave() and set_gain() take its number. Errors: UnknownConference, WrongRate, Full.
  [[nodiscard]] base::Result<LegId, EngineError> attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain = 1);
  /// Of a member, 0 to 4: how loud the others hear it. Errors: UnknownLeg, also for one that is in no conference.
  base::Result<void, EngineError> set_gain(LegId member, float gain);
  /// A leg is by itself again, and stays where it is ticked; a member without a line is no more, and its port is let go of. Errors as
  /// set_gain()'s.
  base::Result<void, EngineError> leave(LegId member);
  /// All leave, and the conference is no more. Errors: UnknownConference.
  base::Result<void, EngineError> end(ConferenceId conference);
  /// Nothing once it has ended.
  [[nodiscard]] std::optional<ConferenceStatistics> conference(ConferenceId conference) const;

  [[nodiscard]] std::optional<LegStatistics> statistics(LegId leg) const;
  [[nodiscard]] std::size_t legs() const;
  /// Worst lateness of a tick since the last call, over all workers.
  [[nodiscard]] base::Duration take_worst_lateness();
  /// Of all phases in which anybody was ticked, since the beginning, over all workers.
  [[nodiscard]] TickTimes tick_times() const;
  [[nodiscard]] TickHistogram::Counts tick_counts() const;  ///< the same, to tell of a stretch of time
  [[nodiscard]] EngineStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
