#pragma once

#include <offhook/agent/app/call_services.hpp>
#include <offhook/agent/app/call_setup.hpp>
#include <offhook/agent/app/consultations.hpp>
#include <offhook/agent/app/live_calls.hpp>
#include <offhook/agent/call/event.hpp>
#include <offhook/agent/call/network.hpp>
#include <offhook/agent/sessions/attended_call.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace offhook::inline v0::agent {

/// The calls of an agent on one network: each leg that comes in or is dialled gets a conversation and a record, and if the options ask for
/// them, a transcript and a recording. All functions run on the thread of the network, except count() and live().
class AgentCalls {
 public:
  /// `on_end` runs after the end of each call.
  AgentCalls(CallServices services, call::Network& network, std::function<void()> on_end);
  /// Ends all running calls, and stores their records. Use it after the thread of the network has stopped.
  void cut_off();

  void on_event(call::Event event);
  /// Dials `target` and holds the conversation with the party that answers.
  void dial(const std::string& target, MachinePolicy machine);
  /// Sends text to the peer of the call with that id (Leg::send_text()). Does nothing if no such call runs, or its peer gets no texts.
  void send_text(const std::string& call_id, std::string text, std::string type);
  /// Makes the agent of each call say that the program stops, and end the call.
  void shut_down();
  /// Ends all calls at once.
  void close();
  /// Ends the calls to targets of transfers that no caller has replaced.
  void end_consultations() { consultations_.end_all(); }

  [[nodiscard]] std::size_t count() const { return count_; }  ///< callable from any thread
  [[nodiscard]] const LiveCalls& live() const { return live_; }

 private:
  [[nodiscard]] std::shared_ptr<AttendedCall> find(const call::LegPtr& leg) const;
  [[nodiscard]] std::shared_ptr<AttendedCall> attend(CallContext context, const std::shared_ptr<records::CallNotes>& notes, CallSetup& setup, CallThread& thread);
  void begin(AttendedCall& call, CallSetup setup, CallThread& thread);
  void track(const std::shared_ptr<AttendedCall>& call);
  /// Puts the names of an outgoing leg into the call's notes. A leg may have no names before its media are prepared.
  static void note_name(const AttendedCall& call);
  void conclude(AttendedCall& call);
  void not_dialled(const AttendedCall& call, const std::string& target, const base::Error& why);
  [[nodiscard]] base::Result<void, base::Error> transfer(const call::LegPtr& caller, const std::string& target);
  [[nodiscard]] base::Result<call::LegPtr, base::Error> dial_target(const call::LegPtr& caller, const std::string& target);
  void on_transfer_ended(const call::Transferred& outcome, std::string_view why, AfterTransfer after);

  void on(const call::Offered& event);
  void on(const call::Prepared& event);
  void on(const call::TurnedAway& event);
  void on(const call::Ringing& event);
  void on(const call::Connected& event);
  void on(const call::MediaChanged& event);
  void on(const call::PartyChanged& event);
  void on(const call::KeyPressed& event);
  void on(const call::Transferred& event);
  void on(const call::TransferRequested& event);
  void on(const call::Finished& event);

  /// An incoming call that waits for its media.
  struct Preparing {
    CallSetup setup;
    CallThread& thread;
    CallStarted started;
  };

  const CallServices services_;
  call::Network& network_;
  const std::function<void()> on_end_;
  std::unordered_map<call::LegPtr, std::shared_ptr<AttendedCall>> calls_;
  std::unordered_map<call::LegPtr, Preparing> preparing_;
  std::atomic<std::size_t> count_{0};  // calls_.size() for other threads
  Consultations consultations_;
  LiveCalls live_;
};

}  // namespace offhook::inline v0::agent
