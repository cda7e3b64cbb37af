#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/redaction/redaction.hpp>
#include <offhook/agent/transcripts/transcript_line.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::transcripts {

inline constexpr std::size_t kMaxLinesPerCall = 5000;  ///< after so many lines, one more line says that the transcript is incomplete

struct TranscribedCall {
  std::string call, agent, language;
};

/// Makes the lines of one call during the call, and redacts each line before the store gets it. Of pressed keys, a line contains only the number.
/// Use it from the signalling and the conversation thread.
class CallTranscript {
 public:
  using Sink = std::function<void(TranscriptLine)>;

  CallTranscript(TranscribedCall about, std::shared_ptr<const redaction::Redactor> redactor, Sink sink);

  void on_answered(records::Moment now);
  void on_action(const ConversationAction& action, records::Moment now);
  /// Adds the line about the end of the call. `why` is records::Ending::cause.
  void on_ended(std::string_view why, records::Moment now);

 private:
  void add(Who speaker, std::string_view text, std::uint32_t turn, bool interrupted, records::Moment now);
  void on(const CallerSaid& said, records::Moment now);
  void on(const AgentSaid& said, records::Moment now);
  void on(const SendDigits& sent, records::Moment now);
  void on(const TransferCall& transfer, records::Moment now);
  void on(const NoteLeft& note, records::Moment now);
  void on(const ProviderSwitched& switched, records::Moment now);
  template <class Other>
  void on(const Other&, records::Moment) {}

  std::mutex mutex_;
  TranscribedCall about_;
  std::shared_ptr<const redaction::Redactor> redactor_;
  Sink sink_;
  std::optional<base::TimePoint> answered_;
  std::size_t lines_ = 0;
  bool ended_ = false;
};

}  // namespace offhook::inline v0::agent::transcripts
