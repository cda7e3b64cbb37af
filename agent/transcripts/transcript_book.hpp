#pragma once

#include <offhook/agent/transcripts/call_transcript.hpp>
#include <offhook/agent/transcripts/transcript_store.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

/// What the configuration says of transcripts.
struct TranscriptOptions {
  bool enabled = false;
  std::string folder;       ///< "": default_folder()
  unsigned keep_days = 30;  ///< 1 and more
  unsigned redact_digits =
      4;  ///< runs of so many digits and more are taken out, and with them cards, addresses and IBANs; 0: nothing of these
  std::vector<std::string> patterns;  ///< own ones (TextPattern)
  bool readable = false;              ///< a text file beside each file
};

/// The agent's transcripts: off, it gives none and touches no disk.
class TranscriptBook {
 public:
  /// Errors: a pattern that cannot be used; no folder; a folder that was named and cannot be written to. Of the usual one the log
  /// tells, and it is tried again with each line.
  [[nodiscard]] static base::Result<std::unique_ptr<TranscriptBook>, base::Error> open(TranscriptOptions options);

  /// Null when transcripts are off, for all or, by `wanted`, for this call's agent.
  [[nodiscard]] std::shared_ptr<CallTranscript> begin(TranscribedCall about, bool wanted = true);
  /// Takes out what transcripts do not keep: for records and logs too. Never null.
  [[nodiscard]] const std::shared_ptr<const Redactor>& redactor() const { return redactor_; }
  /// "off", or the store's state.
  [[nodiscard]] std::string_view state() const;

 private:
  TranscriptBook(std::shared_ptr<const Redactor> redactor, std::shared_ptr<TranscriptStore> store)
      : redactor_(std::move(redactor)), store_(std::move(store)) {}

  std::shared_ptr<const Redactor> redactor_;
  std::shared_ptr<TranscriptStore> store_;
};

[[nodiscard]] RedactionOptions redaction_options(const TranscriptOptions& options);

/// Where transcripts are kept when nobody says: "transcripts" beside the records' default folder. "" where there is none.
[[nodiscard]] std::string default_folder(const std::function<std::string(const char* variable)>& environment, bool is_root);
[[nodiscard]] std::string default_folder();

}  // namespace offhook::inline v0::agent::transcripts
