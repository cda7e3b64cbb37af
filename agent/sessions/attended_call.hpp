#pragma once

#include <offhook/agent/call/network.hpp>
#include <offhook/agent/sessions/call_conversation.hpp>
#include <offhook/agent/sessions/call_reports.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// One leg and its conversation. Carries out the requests of the conversation on the leg. Its functions run on the thread of the leg's network.
class AttendedCall : public std::enable_shared_from_this<AttendedCall> {
 public:
  using Transfer = std::function<base::Result<void, base::Error>(const call::LegPtr& leg, const std::string& target)>;
  struct Parts {
    call::Network& network;
    ConversationThread& thread;
    CallContext context;
    CallReports reports;
    CallConversation::Observer observer;
    /// Starts a transfer of the call. When it ends, the owner invokes on_transferred() or CallConversation::on_transfer_failed().
    Transfer transfer;
  };
  [[nodiscard]] static std::shared_ptr<AttendedCall> make(Parts parts);

  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  [[nodiscard]] const CallReports& reports() const { return reports_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] CallConversation& conversation() const { return *conversation_; }
  [[nodiscard]] const call::LegPtr& leg() const { return leg_; }
  /// Sets the leg. For an outgoing call, the leg exists only after it is dialled.
  void set_leg(call::LegPtr leg) { leg_ = std::move(leg); }
  /// Sets the number of the person on the line at the start, with which on_person() compares.
  void set_person(std::string number) { person_ = std::move(number); }
  /// Takes the person whom the caller's side now names. If the number is new, reports the person to the conversation and returns true.
  bool on_person(const call::Party& person);
  void on_connected(bool is_service_logged);
  /// Ends this leg, because the target of a transfer was reached.
  void on_transferred();
  /// Lets the agent say `farewell` and then ends the call; "" ends the call at once. If the conversation thread does not begin with this within 2 s,
  /// or is already 2 s late, the thread of the network hangs up without a farewell.
  void close(const std::string& why, std::string farewell);
  [[nodiscard]] std::chrono::steady_clock::duration up_for() const;

 private:
  explicit AttendedCall(const Parts& parts);
  [[nodiscard]] CallControl control();
  template <class Operation>
  [[nodiscard]] auto on_leg(Operation operation);
  void begin_transfer(const std::string& target);

  call::Network& network_;
  const std::string id_;
  const CallReports reports_;
  const Transfer transfer_;
  const std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  std::shared_ptr<CallConversation> conversation_;
  call::LegPtr leg_;
  std::optional<base::TimePoint> connected_at_;
  std::string person_;
};

}  // namespace offhook::inline v0::agent
