#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/leg_statistics.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::redaction {
class Redactor;
}

namespace offhook::inline v0::agent::records {

/// One moment on both clocks: the wall clock for output, the steady clock for durations.
struct Moment {
  WallTime wall{};
  base::TimePoint steady{};
  [[nodiscard]] static Moment now() { return {std::chrono::system_clock::now(), base::Clock::now()}; }
};

struct KeepOptions {
  bool texts = false;   ///< keeps the words of both sides
  bool digits = false;  ///< keeps the pressed keys; false: only their number
  /// Redacts the words in records and in the log; null: no redaction.
  std::shared_ptr<const redaction::Redactor> redactor = nullptr;
};

/// Returns `said`, redacted by keep.redactor.
[[nodiscard]] std::string shown_text(std::string_view said, const KeepOptions& keep);
/// Returns a provider's error text without the parts that must not be stored: quoted text, which may be the caller's words, and long words, which may
/// be secret keys.
[[nodiscard]] std::string kept_failure(std::string_view why);
/// Returns the name of a tool, or a replacement if it cannot be a name: the model chooses it, and may write any text there.
[[nodiscard]] std::string kept_tool_name(std::string_view name);

/// Returns `digits` as records and the log show them: unchanged if digits are kept, otherwise `*` for each digit.
[[nodiscard]] std::string shown_digits(std::string_view digits, const KeepOptions& keep);

/// Collects the record of one call during the call. Use it from the signalling and the conversation thread: each function holds the lock only briefly.
class CallNotes {
 public:
  CallNotes(CallRecord begun, KeepOptions keep, Moment now);

  void on_dialled(std::string_view sip_call_id, std::string_view local_tag);
  /// `texts` overrides KeepOptions::texts for this agent; nullopt: no override.
  void on_agent(std::string_view name, std::optional<bool> texts = std::nullopt);
  void on_ringing(Moment now);
  void on_answered(media::AudioCodec codec, std::string_view codec_name, std::string_view encryption, Moment now);
  /// Notes the encryption and the path of the media. Call it when DTLS or ICE has finished, which is after the answer.
  void on_media(std::string_view encryption, std::string_view path);
  void on_action(const ConversationAction& action, Moment now);
  /// Adds `use` to the amounts of its service.
  void on_use(const ServiceUse& use);
  /// `status` is as in call::Ended.
  void on_transferred(std::string_view status);
  /// Notes that the caller's side has connected another person, `party`, to the call.
  void on_other(Party party, Moment now);
  void on_recorded(std::string_view file, PausedFor paused);
  /// Notes the end of the call. Only the first invocation counts.
  void on_ended(const call::Ended& ended, const std::optional<media::LegStatistics>& media, Moment now);

  /// Returns the record so far, for the line that announces the start of the call.
  [[nodiscard]] CallRecord snapshot() const;
  /// Returns the whole record, once, after on_ended().
  [[nodiscard]] std::optional<CallRecord> take();

 private:
  Turn* turn(std::uint32_t number, Moment now);
  void add_use(const ServiceUse& use);
  [[nodiscard]] std::string budgeted(std::string_view text);
  [[nodiscard]] std::string masked(std::string_view digits) const;
  void on(const CallerSaid& said, Moment now);
  void on(const AgentSaid& said, Moment now);
  void on(const Understood& understood, Moment now);
  void on(const ReplyBegan& began, Moment now);
  void on(const SendDigits& sent, Moment now);
  void on(const TransferCall& transfer, Moment now);
  void on(const TryAgain& again, Moment now);
  void on(const TurnRefused& refused, Moment now);
  void on(const ServiceChosen& chosen, Moment now);
  void on(const ProviderSwitched& switched, Moment now);
  void on(const RunTool& run, Moment now);
  void on(const ReturnToolOutcome& told, Moment now);
  void on(const NoteLeft& note, Moment now);
  void on(const ToneHeard& heard, Moment now);
  void on(const AnsweredBy& answered, Moment now);
  void on(const TokensUsed& used, Moment) { add_use(use_of(used)); }
  template <class Other>
  void on(const Other&, Moment) {}
  Trouble* trouble(Stage stage, std::string_view why, Moment now);
  [[nodiscard]] std::int64_t since_answer(Moment now) const;

  mutable std::mutex mutex_;
  CallRecord record_;
  KeepOptions keep_;
  const base::TimePoint began_;
  std::optional<base::TimePoint> answered_;
  base::TimePoint reply_began_{};
  std::vector<std::uint32_t> numbers_;  // the numbers of record_.turns
  std::vector<std::string> tool_ids_;   // the ids of record_.tools
  bool trouble_open_ = false;           // true until an event that follows has named the provider that replaced the failed one
  std::uint32_t last_left_out_ = 0;
  std::size_t text_left_ = kMaxCallTextBytes;
  bool ended_ = false, taken_ = false;
};

}  // namespace offhook::inline v0::agent::records
