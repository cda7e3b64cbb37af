#pragma once

#include <offhook/agent/transcripts/call_transcript.hpp>
#include <offhook/agent/transcripts/transcript_store.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

/// The settings of transcripts.
struct TranscriptOptions {
  bool enabled = false;
  std::string folder;       ///< "": store::default_folder("transcripts")
  unsigned keep_days = 30;  ///< 1 or more
  unsigned redact_digits =
      4;  ///< redacts runs of at least this many digits, and cards, e-mail addresses and IBANs; 0: none of these
  std::vector<std::string> patterns;  ///< the operator's patterns (TextPattern)
  bool readable = false;              ///< true: writes a text file for people beside each file
};

/// The agent's access to transcripts. If transcripts are off, begin() returns null, and nothing is written.
class TranscriptRegistry {
 public:
  /// Opens the store. Fails for an invalid pattern, if there is no folder, or if the configured folder cannot be written. If the default folder cannot
  /// be written, it only logs a warning, and retries with each line.
  [[nodiscard]] static base::Result<std::unique_ptr<TranscriptRegistry>, base::Error> open(TranscriptOptions options);

  /// Returns a new transcript for a call. Returns null if transcripts are off, or if `wanted` is false. `wanted`: the call's agent keeps transcripts.
  [[nodiscard]] std::shared_ptr<CallTranscript> begin(TranscribedCall about, bool wanted = true);
  /// Returns the redactor for transcripts, records and logs. Never null.
  [[nodiscard]] const std::shared_ptr<const redaction::Redactor>& redactor() const { return redactor_; }

 private:
  TranscriptRegistry(std::shared_ptr<const redaction::Redactor> redactor, std::shared_ptr<TranscriptStore> store)
      : redactor_(std::move(redactor)), store_(std::move(store)) {}

  std::shared_ptr<const redaction::Redactor> redactor_;
  std::shared_ptr<TranscriptStore> store_;
};

[[nodiscard]] redaction::RedactionOptions redaction_options(const TranscriptOptions& options);

}  // namespace offhook::inline v0::agent::transcripts
