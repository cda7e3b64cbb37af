#pragma once

#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/attended_call.hpp>
#include <offhook/agent/call_thread.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/recordings/recording_book.hpp>
#include <offhook/agent/records/call_book.hpp>
#include <offhook/agent/transcripts/transcript_book.hpp>
#include <offhook/media/call_progress.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent {

struct AgentOptions {
  std::string version;                                        ///< of the program, for offhook_build_info
  phone::EndpointOptions phone;
  media::EngineOptions media;
  std::string silero_folder;                                  ///< of the model that helps to tell voices; "": none is wanted
  sip::AccountOptions account;
  /// Registered beside it, mostly the same extension at other servers: their calls are taken, too, and where `account` is not
  /// registered, calls go out through the first of these that is.
  std::vector<sip::AccountOptions> standby_accounts{};
  std::shared_ptr<const AgentBook> agents;                    ///< who takes which call; null: the embedded dialogue takes all
  embedded::EmbeddedOptions embedded;                         ///< its pool is made here
  CallThread::EdgesMaker make_edges;                          ///< empty: libcurl's and Beast's
  net::ProxyRules proxies{};                                  ///< of these
  ConversationOptions conversation;
  std::optional<media::Country> country{};                    ///< whose busy and other tones end our calls; nothing: they are not heard
  std::optional<media::Country> hang_up_tone{};               ///< whose busy tone ends calls to us
  records::BookOptions records;
  transcripts::TranscriptOptions transcripts;                 ///< its redaction holds for records, too
  /// Of each call's port until somebody else listens: Machine while the agent hears the caller alone.
  media::Listener listener = media::Listener::Machine;
  bool leaves_out_silence = false;                            ///< sends comfort noise for it where the peer takes that
  recordings::RecordingOptions recordings;                    ///< on where any agent's calls are recorded
  std::size_t conversation_threads = 0;                       ///< 0: as many as the machine has cores
  base::Duration drain_limit = std::chrono::seconds(30);      ///< after drain(): running calls get so long
  bool accepts_calls = true;                                  ///< false: calls to the agent get 503; it dials alone
  bool attended_transfers = true;                             ///< the target of a transfer is called before the caller is handed over
  base::Duration transfer_ring = std::chrono::seconds(20);    ///< it rings so long
};

// `call_id`: the call's id in its record, and everywhere else (agent/records/call_id.hpp).
struct CallStarted { std::string call_id, from, to; bool outgoing = false; };
struct CallUp { std::string call_id; media::AudioCodec codec{}; };
struct CallLine { std::string call_id; ConversationAction what; };
struct CallOver {
  std::string call_id;
  sip::CallEnded details;
  std::string why;                                            ///< the conversation's own reason, "" when the other side ended it
  std::chrono::milliseconds duration{};                       ///< since it was answered
  std::optional<media::LegStatistics> media;
};
/// Its record is on the disk: what reports a call to others waits for this. From the writer's thread.
struct CallRecorded { records::CallRecord record; };
using AgentEvent = std::variant<phone::RegistrationChanged, CallStarted, CallUp, CallLine, CallOver, CallRecorded>;

/// The program's heart: a registered extension that answers its calls and holds the conversation. Owns all threads.
class Agent {
 public:
  /// `watch` is called from the signalling thread and from conversation threads, never from a media worker; it must be quick.
  /// Everything that can be wrong with the set-up (dialogue, models, ports) is found here, before anything is sent.
  [[nodiscard]] static base::Result<std::unique_ptr<Agent>, base::Error> start(AgentOptions options, std::function<void(AgentEvent)> watch);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Dials `target` and holds the conversation with whoever answers; from any thread. What becomes of it arrives as events.
  void dial(std::string target, MachinePolicy machine = MachinePolicy::Ignore);
  /// No new calls; running ones end within the limit, then the registration is taken back. From any thread, more than once too.
  void drain();
  /// True when a drain is complete: nothing is up, nothing is registered, and no BYE is owed.
  [[nodiscard]] bool drained() const;
  /// New calls go by these agents; those that run keep theirs. Loads what is new first (some 100 ms); on an error nothing changes. Where one of them
  /// records and none did so far, calls are recorded as `recordings` says.
  [[nodiscard]] base::Result<void, base::Error> reload(std::shared_ptr<const AgentBook> agents, recordings::RecordingOptions recordings);
  /// Hangs up what runs, at once.
  void cut_calls();
  /// Calls `answer` on the signalling thread: proof that this thread works. From any thread.
  void ping(std::function<void()> answer);
  [[nodiscard]] Health health() const;
  [[nodiscard]] std::string live_calls() const;  ///< JSON: LiveCalls
  [[nodiscard]] std::string metrics() const;     ///< CallMetrics
  /// By an operator: LiveCalls::pause_recording(). From any thread.
  [[nodiscard]] HealthReply pause_recording(const std::string& call, bool paused);
  [[nodiscard]] std::uint16_t sip_port() const;
  [[nodiscard]] std::size_t calls() const;
  /// Greeting and recogniser are ready.
  [[nodiscard]] bool is_warm() const;

 private:
  class Impl;
  explicit Agent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent
