#pragma once

#include <offhook/agent/conversation/command_outbox.hpp>
#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/agent/conversation/deadline_check.hpp>
#include <offhook/agent/conversation/session_feed.hpp>
#include <offhook/agent/conversation/key_filter.hpp>
#include <offhook/agent/conversation/playout_queue.hpp>
#include <offhook/agent/conversation/response_meter.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/media/detect/digit_limit.hpp>

#include <functional>
#include <memory>

namespace offhook::inline v0::agent {

/// The functions by which a conversation controls its telephone call. The conversation thread invokes them. The first four only post a task to
/// the thread of the telephone.
struct CallControl {
  std::function<void()> answer;
  std::function<void(std::string why)> hang_up;
  std::function<void(std::string target)> transfer;
  std::function<void(bool on)> hold;
  std::function<void()> stop_recording = {};  ///< empty when the call is not recorded
};

/// Connects one conversation with its call. Moves data between the call's rings, the voice session, the tools and the core, and carries out
/// the core's decisions. Runs on one conversation thread.
class Bridge {
 public:
  /// Receives each action for the record or the log: ServiceChosen, CallerSaid, AgentSaid, Understood, ReplyBegan, CancelThinking, TryAgain,
  /// ProviderSwitched, ServiceRetried, RunTool, ReturnToolOutcome, NoteLeft, HoldCall, StopRecording, SendDigits, TransferCall, HangUpCall.
  using Observer = std::function<void(const ConversationAction&)>;

  /// `tools` may be null: then the session has no tools.
  Bridge(std::unique_ptr<VoiceSession> session, std::unique_ptr<ToolBox> tools, std::shared_ptr<media::AudioPort> port, CallControl control,
         Observer observer, ConversationOptions options);

  void start(SessionContext context, base::TimePoint now);
  void on_connected(base::TimePoint now);
  void on_ended();
  void close(std::string why, std::string_view farewell, base::TimePoint now);
  void shut_down(base::TimePoint now);
  /// The thread's timer calls this function every 10 ms.
  void tick(base::TimePoint now);
  /// Call it when a part has an event. After a stall of the thread, it does not check the deadlines, but only tick() does: see DeadlineCheck.
  void on_wake(base::TimePoint now);
  /// The caller's side has put the agent on hold, or has ended the hold.
  void on_peer_hold(bool holds, base::TimePoint now);
  void on_other_caller(std::string who, base::TimePoint now);
  /// The caller pressed a key, and the caller's side reported the key by INFO.
  void on_key(char key, base::TimePoint now);
  /// The transfer that the conversation requested has failed.
  void on_transfer_failed(AfterTransfer caller, base::TimePoint now);
  /// Counts of the digits and samples that were dropped, because the queue to the caller was full.
  struct Overflow {
    std::uint64_t digits = 0, samples = 0;
  };
  [[nodiscard]] Overflow overflow() const { return {commands_.digits_dropped(), playout_.samples_dropped()}; }
  /// Returns the number of samples that wait for playout.
  [[nodiscard]] std::size_t samples_queued() const { return playout_.samples_queued(); }
  [[nodiscard]] bool ended() const { return core_.phase() == Conversation::Phase::Ended; }

 private:
  void pass(bool checks_deadlines, base::TimePoint now);
  void tick_parts(base::TimePoint now);
  void report_waiting(bool waits);
  void drain_port(base::TimePoint now);
  void drain_session(base::TimePoint now);
  void drain_tools(base::TimePoint now);
  void carry_out(base::TimePoint now);
  void carry_out(const ConversationAction& action, base::TimePoint now);
  [[nodiscard]] bool report_tools(const ConversationAction& action);
  void on_session(const SessionEvent& event, base::TimePoint now);
  void on_speech(const SpeakEvent& event, base::TimePoint now);
  void watch_answerer(const media::AnswerWatch::Step& step, base::TimePoint now);
  void on_cut(const media::MediaEvent& event);
  void report_heard();

  std::unique_ptr<VoiceSession> session_;
  std::unique_ptr<ToolBox> tools_;
  std::shared_ptr<media::AudioPort> port_;
  CallControl control_;
  Observer observer_;
  bool asks_who_answered_;
  Conversation core_;
  DeadlineCheck deadlines_;
  SessionFeed feed_;
  PlayoutQueue playout_;
  CommandOutbox commands_;
  KeyFilter keys_;
  media::DigitLimit info_keys_;  // the same limit that the worker applies to keys in the audio
  ResponseMeter meter_;
  std::optional<media::AnswerWatch> answerer_;  // set at the answer of an outgoing call, if the options ask for the answering party
  ConversationActions actions_;
  std::uint64_t heard_tick_ = 0;    // the worker's tick of the newest frame
  std::uint64_t first_voiced_ = 0;  // tick of the first voiced frame of the last speech
  std::optional<HeardReply> cut_;   // an interrupted reply; the session gets it when the worker knows how much of its audio was sent
};

}  // namespace offhook::inline v0::agent
