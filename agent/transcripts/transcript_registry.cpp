#include <offhook/agent/transcripts/transcript_registry.hpp>

#include <offhook/agent/store/folder.hpp>

#include <utility>

namespace offhook::inline v0::agent::transcripts {

redaction::RedactionOptions redaction_options(const TranscriptOptions& options) {
  const bool any = options.redact_digits != 0;
  return {options.redact_digits, any, any, any, options.patterns};
}

base::Result<std::unique_ptr<TranscriptRegistry>, base::Error> TranscriptRegistry::open(TranscriptOptions options) {
  auto redactor = redaction::Redactor::make(redaction_options(options));
  if (!redactor) return base::fail(redactor.error());
  auto shared = std::make_shared<const redaction::Redactor>(std::move(*redactor));
  if (!options.enabled) return std::unique_ptr<TranscriptRegistry>(new TranscriptRegistry(std::move(shared), nullptr));
  auto folder = store::folder_at_start(options.folder, "transcripts");
  if (!folder) return base::fail(folder.error());
  StoreOptions lines;
  lines.files = {*folder, lines.files.rotate_bytes, std::max(1U, options.keep_days), options.readable};
  return std::unique_ptr<TranscriptRegistry>(
      new TranscriptRegistry(std::move(shared), std::make_shared<TranscriptStore>(store::posix_file_system(), std::move(lines))));
}

std::shared_ptr<CallTranscript> TranscriptRegistry::begin(TranscribedCall about, bool wanted) {
  if (!store_ || !wanted) return nullptr;
  return std::make_shared<CallTranscript>(std::move(about), redactor_,
                                          [store = store_](TranscriptLine line) { (void)store->add(std::move(line)); });
}

}  // namespace offhook::inline v0::agent::transcripts
