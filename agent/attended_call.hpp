#pragma once

#include <offhook/agent/call_log.hpp>
#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/conversation/conversation_thread.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/transcripts/call_transcript.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// How a call's conversation is held: made from the agent's profile when the call comes.
struct ConversationPlan {
  std::function<std::unique_ptr<VoiceSession>(Wake wake)> session;  ///< called on the conversation thread
  std::function<std::unique_ptr<ToolBox>()> tools;                  ///< the same; may be empty or yield null
  SessionContext context;
  ConversationOptions options;
};

/// Puts a call's plan together on its conversation thread; `ready` is called there, at once or while the call rings. What it
/// returns is kept until the call ends; destroying that gives up.
using Preparation = std::function<std::shared_ptr<void>(std::function<void(ConversationPlan)> ready)>;

/// One call and its conversation: hands what happens on the signalling thread to the conversation thread, and back. The phone's
/// side is touched on the signalling thread only, the bridge on its conversation thread only.
class AttendedCall : public std::enable_shared_from_this<AttendedCall> {
 public:
  using Observer = std::function<void(const ConversationAction&)>;  ///< on the conversation thread
  using Transfer = std::function<base::Result<void, base::Error>(const phone::CallPtr& call, const std::string& target)>;

  AttendedCall(phone::Endpoint& endpoint, ConversationThread& thread, phone::CallPtr call, CallContext context, Observer observer);

  // On the signalling thread.
  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  void begin(Preparation preparation);
  [[nodiscard]] const Observer& observer() const { return observer_; }
  void set_call(phone::CallPtr call) { call_ = std::move(call); }
  /// The account that the call came to; none for a call of ours, or of a peer that names none.
  void set_account(phone::Account account) { account_ = std::move(account); }
  [[nodiscard]] const phone::Account& account() const { return account_; }
  /// How a transfer is done; on_transferred() must follow. Without it: by Call::transfer().
  void set_transfer(Transfer transfer) { transfer_ = std::move(transfer); }
  void set_prepared(phone::Prepared prepared) { prepared_ = std::move(prepared); }
  /// `is_service_logged`: false when the conversation was still being prepared; its service has a line of its own then.
  void on_connected(bool is_service_logged);
  /// `afterwards` runs on the conversation thread, when the conversation has said its last.
  void on_finished(std::function<void()> afterwards = {});
  void on_transferred(bool reached);
  /// The peer has put us on hold, or takes us back.
  void on_peer_hold(bool holds);
  /// The number of the person on the line, of whom alone a change is told.
  void set_person(std::string number) { person_ = std::move(number); }
  /// The caller's side names the person on the line. Returns false when it is the one of before.
  bool on_person(const sip::Party& person);
  /// The peer told a key by INFO.
  void on_key(char key);
  void close(std::string why, std::string farewell);
  /// The program stops: the agent says so, and the call ends.
  void shut_down();
  void set_notes(std::shared_ptr<records::CallNotes> notes) { notes_ = std::move(notes); }
  [[nodiscard]] const std::shared_ptr<records::CallNotes>& notes() const { return notes_; }
  /// Null: none is kept.
  void set_transcript(std::shared_ptr<transcripts::CallTranscript> transcript) { transcript_ = std::move(transcript); }
  [[nodiscard]] const std::shared_ptr<transcripts::CallTranscript>& transcript() const { return transcript_; }
  /// Null: it is not recorded.
  void set_recording(std::shared_ptr<recordings::CallRecording> recording);
  [[nodiscard]] const std::shared_ptr<recordings::CallRecording>& recording() const { return recording_; }
  [[nodiscard]] const phone::CallPtr& call() const { return call_; }
  [[nodiscard]] const CallContext& context() const { return context_; }
  [[nodiscard]] const CallLog& log() const { return log_; }
  [[nodiscard]] std::chrono::steady_clock::duration up_for() const;
  [[nodiscard]] const std::string& hang_up_why() const { return hang_up_why_; }

 private:
  [[nodiscard]] CallControl control();
  [[nodiscard]] Wake wake();
  void start_bridge(const ConversationPlan& plan);
  void end_conversation();

  phone::Endpoint& endpoint_;
  ConversationThread& thread_;
  phone::CallPtr call_;
  CallContext context_;
  CallLog log_;
  Observer observer_;
  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  std::shared_ptr<records::CallNotes> notes_;
  std::shared_ptr<transcripts::CallTranscript> transcript_;
  std::shared_ptr<recordings::CallRecording> recording_;
  // Conversation thread.
  std::shared_ptr<Bridge> bridge_;
  std::shared_ptr<void> preparing_;
  bool connected_ = false, held_ = false, ended_ = false;
  std::string other_caller_;  // until there is a bridge to tell
  // Signalling thread.
  std::optional<phone::Prepared> prepared_;  // until it is answered
  std::optional<base::TimePoint> connected_at_;
  std::string hang_up_why_;
  Transfer transfer_;
  phone::Account account_;
  std::string person_;
};

}  // namespace offhook::inline v0::agent
