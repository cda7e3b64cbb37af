#pragma once

#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/conversation/conversation_thread.hpp>
#include <offhook/agent/sessions/call_reports.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// The parts and options of a call's conversation, made from the agent's profile when the call comes.
struct ConversationPlan {
  std::function<std::unique_ptr<VoiceSession>(Wake wake)> session;  ///< makes the session, on the conversation thread
  std::function<std::unique_ptr<ToolBox>()> tools;                  ///< makes the tool box, on the conversation thread; empty, or null result: no tools
  SessionContext context;
  ConversationOptions options;
};

/// Makes a call's plan on its conversation thread, and invokes `ready` there, at once or later while the call rings. The CallConversation
/// keeps the returned object until the call ends. The destructor of that object cancels the work.
using Preparation = std::function<std::shared_ptr<void>(std::function<void(ConversationPlan)> ready)>;

/// The conversation of one call, on its conversation thread. Each function posts to that thread, and is callable from any thread.
class CallConversation : public std::enable_shared_from_this<CallConversation> {
 public:
  using Observer = Bridge::Observer;  ///< runs on the conversation thread

  CallConversation(ConversationThread& thread, CallContext context, std::shared_ptr<media::AudioPort> port, CallControl control, CallReports reports, Observer observer)
      : thread_(thread), context_(std::move(context)), port_(std::move(port)), control_(std::move(control)), reports_(std::move(reports)), observer_(std::move(observer)) {}

  [[nodiscard]] const Observer& observer() const { return observer_; }
  void begin(Preparation preparation);
  /// Starts the conversation of an answered call. `is_service_logged`: the log line about the answer names the service. It is false if the plan was not
  /// ready at the answer; a later log line then names the service.
  void on_connected(bool is_service_logged);
  /// Reports that the peer has put the agent on hold, or has ended the hold.
  void on_peer_hold(bool holds);
  /// Reports another person, whom the caller's side has connected. `who` is the text for the model.
  void on_other_caller(std::string who);
  /// Reports a key that the peer sent by signalling.
  void on_key(char key);
  void on_transfer_failed(AfterTransfer caller);
  /// Lets the agent say `farewell` and then ends the call; "" ends the call at once. The returned value becomes true when the thread begins with this.
  [[nodiscard]] std::shared_ptr<const std::atomic<bool>> close(std::string why, std::string farewell);
  /// Lets the agent say that the service stops, and then ends the call. Call it when the program stops.
  void shut_down();
  /// Ends the conversation, and then runs `afterwards` on its thread.
  void end(std::function<void()> afterwards);
  /// Returns the delay of the conversation thread; zero if it is on time.
  [[nodiscard]] base::Duration late(base::TimePoint now) const { return thread_.late(now); }

 private:
  [[nodiscard]] Wake wake();
  void start_bridge(const ConversationPlan& plan);
  void finish();
  /// Posts `task`, which runs only while there is a bridge.
  template <class Task>
  void with_bridge(Task task);

  ConversationThread& thread_;
  const CallContext context_;
  const std::shared_ptr<media::AudioPort> port_;
  const CallControl control_;
  const CallReports reports_;
  const Observer observer_;
  // Only the thread uses the members that follow.
  std::shared_ptr<Bridge> bridge_;
  std::shared_ptr<void> preparing_;
  bool connected_ = false, held_ = false, ended_ = false;
  std::string other_caller_;  // kept until bridge_ exists
};

}  // namespace offhook::inline v0::agent
