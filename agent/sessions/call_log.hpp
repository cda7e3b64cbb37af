#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/call/incoming.hpp>
#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/base/error.hpp>
#include <offhook/media/engine/engine.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent {

/// Writes the log's lines about one call. Each line has the call's id; the first also has its SIP Call-ID. Numbers of people are redacted.
/// Callable from any thread except a media worker.
class CallLog {
 public:
  /// `call` is the call's id (agent/records/call_id.hpp).
  explicit CallLog(std::string call) : call_(std::move(call)) {}

  void offered(const call::Incoming& call) const;
  void turned_away(const call::Incoming& call, std::string_view status) const;
  void refused(std::string_view why) const;
  void ring_failed(std::string_view why) const;
  void answer_failed(std::string_view why) const;
  void dialled(std::string_view target, std::string_view sip_call_id) const;
  void not_dialled(std::string_view target, const base::Error& why) const;
  /// Logs the answer of the call. `by` is the service of the conversation. Its name is "" if the conversation is not ready; service() then logs it later.
  void up(std::string_view codec, std::string_view encryption, const records::CallRecord::Service& by) const;
  void service(const records::CallRecord::Service& by) const;
  void media_changed(bool sends, bool receives) const;
  void other_caller(const call::Party& person, bool is_asserted) const;
  void context(std::string_view trouble) const;
  void tool(const tools::ToolEvent& event) const;
  /// Logs that the agent calls the target of a transfer.
  void consults(std::string_view target) const;
  /// Logs that the agent could not call the target, and that it asks the caller's side to call the target instead.
  void consult_failed(std::string_view target, std::string_view why) const;
  void transfer_failed(std::string_view why) const;
  /// Logs the result of a transfer. `why` is the reason why the target was not reached.
  void transferred(bool reached, std::string_view status, std::string_view why) const;
  /// Logs that the caller's side asked the agent to call a third party, and that the agent declined.
  void transfer_declined() const;
  void hold_failed(bool on, std::string_view why) const;
  void recording_stopped(std::string_view why) const;
  /// Logs the number of digits and samples that were dropped because the queue to the caller was full.
  void overflow(std::uint64_t digits, std::uint64_t samples) const;
  /// Logs the end of the call. `cause` is Ending::cause of the call's record.
  void over(const call::Ended& ended, std::string_view cause, std::chrono::milliseconds duration, const media::LegStatistics& media) const;

  /// Logs one action of the conversation. The line has the words only when `texts` is true (nullopt: when `keep` keeps texts). Keys
  /// appear as `*`, unless `keep` keeps digits.
  void on_action(const ConversationAction& what, std::optional<bool> texts, const records::KeepOptions& keep) const;

 private:
  void said(const ConversationAction& what, const records::KeepOptions& keep) const;
  void on(const Understood& e) const;
  void on(const ProviderSwitched& e) const;
  void on(const TryAgain& e) const;
  void on(const ServiceRetried& e) const;
  void on(const GaveUp& e) const;
  void on(const TurnRefused& e) const;
  void on(const CancelThinking& e) const;
  void on(const ToneHeard& e) const;
  void on(const AnsweredBy& e) const;
  template <class Other>
  void on(const Other&) const {}

  std::string call_;
};

}  // namespace offhook::inline v0::agent
