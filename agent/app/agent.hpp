#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/app/call_thread.hpp>
#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/capture/wire_capture.hpp>
#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/recordings/recording_store.hpp>
#include <offhook/agent/records/call_record_store.hpp>
#include <offhook/agent/transcripts/transcript_registry.hpp>
#include <offhook/media/dsp/call_progress.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent {

struct AgentOptions {
  std::string version;                                        ///< version of the program, for the metric offhook_build_info
  phone::EndpointOptions phone;
  media::EngineOptions media;
  std::string silero_folder;                                  ///< folder of the Silero voice model; "": voice activity detection runs without a model
  sip::AccountOptions account;
  /// Accounts that are registered in addition to `account`, mostly the same extension at other servers. The agent accepts their calls too.
  /// When `account` is not registered, outgoing calls use the first of these that is registered.
  std::vector<sip::AccountOptions> standby_accounts{};
  std::shared_ptr<const AgentDirectory> agents;                    ///< selects the agent that answers a call; null: the embedded dialogue answers all calls
  embedded::EmbeddedOptions embedded;                         ///< the agent creates the work pool in it
  CallThread::EdgesMaker make_edges;                          ///< makes the sockets to providers; empty: libcurl and Beast make them
  net::ProxyRules proxies{};                                  ///< proxies of these sockets
  ConversationOptions conversation;
  std::optional<media::Country> country{};                    ///< the busy and other tones of this country end outgoing calls; nullopt: no tone detection
  std::optional<media::Country> hang_up_tone{};               ///< a busy tone of this country ends an incoming call; nullopt: the agent does not detect it
  records::CallRecordOptions records;
  transcripts::TranscriptOptions transcripts;                 ///< the redaction in it also applies to records
  /// The listener of each call's audio port: Machine if the agent alone listens to the caller.
  media::Listener listener = media::Listener::Machine;
  bool leaves_out_silence = false;                            ///< true: sends comfort noise in place of silence, when the peer accepts comfort noise
  capture::CaptureOptions capture{};                          ///< destinations of a copy of each SIP message, for troubleshooting
  recordings::RecordingOptions recordings;                    ///< enabled when at least one agent records its calls
  std::size_t conversation_threads = 0;                       ///< 0: one thread for each core of the machine
  base::Duration drain_limit = std::chrono::seconds(30);      ///< time from drain() until the agent hangs up the calls that still run
  bool accepts_calls = true;                                  ///< false: the agent answers each INVITE with 503; it can still dial
  bool attended_transfers = true;                             ///< true: the agent calls the target of a transfer before it hands the caller over
  base::Duration transfer_ring = std::chrono::seconds(20);    ///< time that the target of a transfer may ring
};

// `call_id` is the call's id in its record and everywhere else (agent/records/call_id.hpp).
struct CallStarted { std::string call_id, from, to; bool outgoing = false; };
struct CallUp { std::string call_id; media::AudioCodec codec{}; };
struct CallLine { std::string call_id; ConversationAction what; };
struct CallOver {
  std::string call_id;
  call::Ended how;                                            ///< its `why` is the conversation's reason for a hang-up
  std::chrono::milliseconds duration{};                       ///< time since the call was answered; zero if it was not answered
  std::optional<media::LegStatistics> media;
};
/// The call's record is on the disk. A component that reports calls to another system must wait for this event. The records thread passes it
/// to `watch`.
struct CallRecorded { records::CallRecord record; };
using AgentEvent = std::variant<phone::RegistrationChanged, CallStarted, CallUp, CallLine, CallOver, CallRecorded>;

/// A registered extension that answers its calls and holds the conversations. An Agent owns all threads of the program.
class Agent {
 public:
  /// Starts the agent. The signalling thread and the conversation threads call `watch`, and media workers never do; `watch` must return
  /// quickly. Returns an error for each defect of the set-up (dialogue, models, ports), before the agent sends anything.
  [[nodiscard]] static base::Result<std::unique_ptr<Agent>, base::Error> start(AgentOptions options, std::function<void(AgentEvent)> watch);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Dials `target` and holds the conversation with the party that answers. Reports the call's progress as events. Callable from any thread.
  void dial(std::string target, MachinePolicy machine = MachinePolicy::Ignore);
  /// Sends text within a call to its peer: MESSAGE (RFC 3428). `type` is a media type. Does nothing if no such call runs. Callable from any thread,
  /// including from `watch`.
  void send_text(std::string call_id, std::string text, std::string type);
  /// Accepts no more calls. Running calls end within drain_limit(), then the agent unregisters. Callable from any thread, and more than once.
  void drain();
  [[nodiscard]] base::Duration drain_limit() const;  ///< AgentOptions::drain_limit
  /// Returns true when a drain is complete: no call is left, no account is registered, and no BYE waits for its response.
  [[nodiscard]] bool drained() const;
  /// Uses `agents` for new calls; running calls keep their agents. First loads dialogues and models that are new (about 100 ms); on an error
  /// nothing changes. If no agent recorded its calls before, and one of `agents` does, `recordings` says how to record them.
  [[nodiscard]] base::Result<void, base::Error> reload(std::shared_ptr<const AgentDirectory> agents, recordings::RecordingOptions recordings);
  /// Hangs up all running calls at once.
  void cut_calls();
  /// Invokes `answer` on the signalling thread, which proves that this thread works. Callable from any thread.
  void ping(std::function<void()> answer);
  [[nodiscard]] Health health() const;
  [[nodiscard]] std::string live_calls() const;  ///< JSON of LiveCalls
  [[nodiscard]] std::string metrics() const;     ///< text of Metrics
  /// Pauses or resumes a recording for an operator (LiveCalls::pause_recording()). Callable from any thread.
  [[nodiscard]] HealthReply pause_recording(const std::string& call, bool paused);
  [[nodiscard]] std::uint16_t sip_port() const;
  [[nodiscard]] std::size_t calls() const;
  /// Returns true when the greeting and the recogniser are ready.
  [[nodiscard]] bool is_warm() const;

 private:
  class Impl;
  explicit Agent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent
