#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/sip/stack/events.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::transcripts {
class Redactor;
}

namespace offhook::inline v0::agent::records {

/// One moment, by both clocks: the wall's for what is written, the steady one for lengths.
struct Moment {
  WallTime wall{};
  base::TimePoint steady{};
  [[nodiscard]] static Moment now() { return {std::chrono::system_clock::now(), base::Clock::now()}; }
};

struct KeepOptions {
  bool texts = false;   ///< what was said, on both sides
  bool digits = false;  ///< which keys were pressed; else only how many
  /// Takes out of what was said what should not be kept, in records and in the log; null: nothing.
  std::shared_ptr<const transcripts::Redactor> redactor = nullptr;
};

/// `said`, redacted.
[[nodiscard]] std::string shown_text(std::string_view said, const KeepOptions& keep);
/// Why a provider failed, as far as it may be kept: without what it quotes, which may be what the caller said, and without words so
/// long that they may be a key.
[[nodiscard]] std::string kept_failure(std::string_view why);
/// A tool's name, if it can be one: the model chose it, and might have put anything there.
[[nodiscard]] std::string kept_tool_name(std::string_view name);

/// `digits`, or `*` for each where they are not to be kept: in records and in the log.
[[nodiscard]] std::string shown_digits(std::string_view digits, const KeepOptions& keep);

/// Gathers one call's record while the call lasts. Safe from the signalling and the conversation thread: each call takes its lock
/// for a moment only.
class CallNotes {
 public:
  CallNotes(CallRecord begun, KeepOptions keep, Moment now);

  void on_dialled(std::string_view sip_call_id, std::string_view local_tag);
  /// `texts`: whether what is said with this agent is kept; nothing: as the options say.
  void on_agent(std::string_view name, std::optional<bool> texts = std::nullopt);
  void on_ringing(Moment now);
  void on_answered(media::AudioCodec codec, std::string_view codec_name, Moment now);
  void on_action(const ConversationAction& action, Moment now);
  /// Adds to the amounts of a provider's service.
  void on_use(const ServiceUse& use);
  void on_transferred(int status);
  /// Another person is on the line, as the caller's side names them.
  void on_other(Party party, Moment now);
  void on_recorded(std::string_view file, PausedFor paused);
  /// `why` is the conversation's own reason when it hung up. The first end counts.
  void on_ended(const sip::CallEnded& details, std::string_view why, const std::optional<media::LegStatistics>& media,
                Moment now);

  /// What is known so far: for the line that says that the call began.
  [[nodiscard]] CallRecord snapshot() const;
  /// The whole record, once, after on_ended().
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
  void on(const TellTool& told, Moment now);
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
  std::vector<std::uint32_t> numbers_;  // of record_.turns
  std::vector<std::string> tool_ids_;   // of record_.tools
  bool trouble_open_ = false;           // the last trouble may still be told who takes over
  std::uint32_t last_left_out_ = 0;
  std::size_t text_left_ = kMaxCallTextBytes;
  bool ended_ = false, taken_ = false;
};

}  // namespace offhook::inline v0::agent::records
