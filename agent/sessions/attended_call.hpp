#pragma once

#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/conversation/conversation_thread.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/sessions/call_log.hpp>
#include <offhook/agent/transcripts/call_transcript.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// The parts and options of a call's conversation, made from the agent's profile when the call comes.
struct ConversationPlan {
  std::function<std::unique_ptr<VoiceSession>(Wake wake)> session;  ///< runs on the conversation thread
  std::function<std::unique_ptr<ToolBox>()> tools;                  ///< runs on the conversation thread; may be empty or return null
  SessionContext context;
  ConversationOptions options;
};

/// Makes a call's plan on its conversation thread, and calls `ready` there, at once or later while the call rings. The AttendedCall keeps
/// the returned object until the call ends. The destructor of that object cancels the work.
using Preparation = std::function<std::shared_ptr<void>(std::function<void(ConversationPlan)> ready)>;

/// One call and its conversation. Passes events of the signalling thread to the conversation thread, and requests back. Only the signalling
/// thread uses the phone's objects, and only the conversation thread uses the bridge.
class AttendedCall : public std::enable_shared_from_this<AttendedCall> {
 public:
  using Observer = std::function<void(const ConversationAction&)>;  ///< runs on the conversation thread
  using Transfer = std::function<base::Result<void, base::Error>(const phone::CallPtr& call, const std::string& target)>;

  AttendedCall(phone::Endpoint& endpoint, ConversationThread& thread, phone::CallPtr call, CallContext context, Observer observer);

  // The functions that follow run on the signalling thread.
  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  void begin(Preparation preparation);
  [[nodiscard]] const Observer& observer() const { return observer_; }
  void set_call(phone::CallPtr call) { call_ = std::move(call); }
  /// Sets the account that received the call. It stays empty for an outgoing call, and when the INVITE names no account.
  void set_account(phone::Account account) { account_ = std::move(account); }
  [[nodiscard]] const phone::Account& account() const { return account_; }
  /// Sets the function that transfers the call; on_transferred() or on_transfer_failed() must follow it. Without it, Call::transfer() is used.
  void set_transfer(Transfer transfer) { transfer_ = std::move(transfer); }
  void set_prepared(phone::Prepared prepared) { prepared_ = std::move(prepared); }
  /// `is_service_logged` is false when the conversation was not ready at the answer; the service then gets a log line of its own.
  void on_connected(bool is_service_logged);
  /// Ends the conversation. `afterwards` runs on the conversation thread after the last action of the conversation.
  void on_finished(std::function<void()> afterwards = {});
  void on_transferred();
  void on_transfer_failed(AfterTransfer caller);
  /// The peer has put the agent on hold, or has ended the hold.
  void on_peer_hold(bool holds);
  /// Sets the number of the person on the line. on_person() reports only a different number.
  void set_person(std::string number) { person_ = std::move(number); }
  /// The caller's side names the person on the line. Returns false when it is the same person as before.
  bool on_person(const sip::Party& person);
  /// The peer sent a key by INFO.
  void on_key(char key);
  /// Ends the call; "" as `farewell` ends it at once. If the conversation thread does not begin with this within 2 s, or is already 2 s late,
  /// the signalling thread hangs up without a farewell.
  void close(const std::string& why, std::string farewell);
  /// The program stops: the agent says so, and the call ends.
  void shut_down();
  void set_notes(std::shared_ptr<records::CallNotes> notes) { notes_ = std::move(notes); }
  [[nodiscard]] const std::shared_ptr<records::CallNotes>& notes() const { return notes_; }
  /// Null: the call keeps no transcript.
  void set_transcript(std::shared_ptr<transcripts::CallTranscript> transcript) { transcript_ = std::move(transcript); }
  [[nodiscard]] const std::shared_ptr<transcripts::CallTranscript>& transcript() const { return transcript_; }
  /// Null: the call is not recorded.
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
  // The conversation thread uses the next four members.
  std::shared_ptr<Bridge> bridge_;
  std::shared_ptr<void> preparing_;
  bool connected_ = false, held_ = false, ended_ = false;
  std::string other_caller_;  // kept until bridge_ exists
  // The signalling thread uses the members that follow.
  std::optional<phone::Prepared> prepared_;  // kept until the call is answered
  std::optional<base::TimePoint> connected_at_;
  std::string hang_up_why_;
  Transfer transfer_;
  phone::Account account_;
  std::string person_;
};

}  // namespace offhook::inline v0::agent
